namespace StreamEngage.Host.Serving.Settings;

/// <summary>A text that is shown to nobody: whatever prints it prints a mask.</summary>
internal sealed class Secret(string text)
{
    public const string Mask = "***";

    /// <summary>For the one place that must send or compare it.</summary>
    public string Reveal() => text;

    public int Length => text.Length;

    public override string ToString() => Mask;
}
