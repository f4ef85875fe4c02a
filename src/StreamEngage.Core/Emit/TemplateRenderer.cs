using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.Emit;

/// <summary>
/// Fills a prompt's values into its template, once, from left to right: what is filled in is never read again, so no event text can
/// become a placeholder, a tag or a terminal command.
/// </summary>
internal static class TemplateRenderer
{
    private static readonly HtmlEncoder Html = NewEncoder();

    public static RenderedText Render(TemplateText template, IReadOnlyList<KeyValuePair<string, Value>> data, TextForm form)
    {
        var text = new StringBuilder();
        foreach (var part in template.Parts)
        {
            if (part.Name is null) AppendWritten(text, part.Text, form);
            else if (Words(part, data) is { } words) AppendFilled(text, words, form);
            else return new(RenderStatus.MissingValue, "", part.Name);
            // One character more shows that there is something to cut.
            if (text.Length > form.CharsMax) break;
        }
        if (text.Length <= form.CharsMax) return new(RenderStatus.Rendered, text.ToString(), null);
        if (FirstMissing(template, data) is { } missing) return new(RenderStatus.MissingValue, "", missing);
        return form.IsHtml
            ? new(RenderStatus.TooLong, "", null)
            : new(RenderStatus.Cut, PlainText.Cut(text.ToString(), form.CharsMax), null);
    }

    // Old mail programs take a backtick for a quotation mark.
    private static HtmlEncoder NewEncoder()
    {
        var letters = new TextEncoderSettings(UnicodeRanges.All);
        letters.ForbidCharacter('`');
        return HtmlEncoder.Create(letters);
    }

    private static string? FirstMissing(TemplateText template, IReadOnlyList<KeyValuePair<string, Value>> data) =>
        template.Placeholders.FirstOrDefault(part => Words(part, data) is null)?.Name;

    private static string? Words(TemplatePart placeholder, IReadOnlyList<KeyValuePair<string, Value>> data)
    {
        foreach (var (name, value) in data)
            if (name == placeholder.Name && !value.IsNull) return value.ToString();
        return placeholder.Default;
    }

    private static void AppendWritten(StringBuilder into, string written, TextForm form)
    {
        if (form.IsHtml) into.Append(written);
        else PlainText.Append(into, written);
    }

    // Cut before it is encoded: an encoded text cut anywhere could end in half an entity.
    private static void AppendFilled(StringBuilder into, string words, TextForm form)
    {
        var shown = PlainText.Cut(words, Limits.TemplateValueCharsMax);
        if (!form.IsHtml)
        {
            PlainText.Append(into, shown);
            return;
        }
        var clean = new StringBuilder(shown.Length);
        PlainText.Append(clean, shown);
        into.Append(Html.Encode(clean.ToString()));
    }
}
