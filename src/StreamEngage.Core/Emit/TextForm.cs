namespace StreamEngage.Emit;

/// <summary>What a channel makes of a text: whether it is a page, and how much of it is shown.</summary>
/// <param name="IsHtml">True: the template is HTML and values are encoded into it. False: plain text.</param>
/// <param name="CharsMax">Characters (UTF-16 units) of the whole text.</param>
internal readonly record struct TextForm(bool IsHtml, int CharsMax)
{
    /// <summary>The form of a channel. One that is not known here has the form of the in-app channel.</summary>
    public static TextForm Of(string channel) => channel switch
    {
        "email" => new(true, Limits.EmailCharsMax),
        "push" => new(false, Limits.PushCharsMax),
        "sms" => new(false, Limits.SmsCharsMax),
        "human" => new(false, Limits.HumanCharsMax),
        _ => new(false, Limits.InAppCharsMax),
    };
}
