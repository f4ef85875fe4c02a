namespace StreamEngage.Rulebooks;

/// <summary>Bounds of a rulebook folder, so that reading one costs no more than its size says.</summary>
internal static class RulebookLimits
{
    /// <summary>Files read; the rest of a folder is refused, not ignored.</summary>
    public const int FilesMax = 10_000;

    /// <summary>UTF-8 bytes of one file.</summary>
    public const int FileBytesMax = 1 << 20;

    /// <summary>Nesting of lists and maps in one file.</summary>
    public const int YamlDepthMax = 32;

    /// <summary>Problems kept of one file: past that the first ones have to be repaired anyway.</summary>
    public const int ProblemsAFileMax = 100;

    /// <summary>Characters of a name: trigger, segment, event type, alias, channel, variant.</summary>
    public const int NameMax = 128;

    /// <summary>Steps of a pattern.</summary>
    public const int StepsMax = 32;

    /// <summary>Events that one step can be told to take: as many as there are partial matches to keep them apart.</summary>
    public const int TimesMax = 64;

    /// <summary>Activities that can be asked for to bring a user back: as many times are kept of each return.</summary>
    public const int ReturnMax = 8;

    /// <summary>Parts into which users can be ranked.</summary>
    public const int ScoresMax = 100;

    /// <summary>Entries of a list that is not steps: types, channels, caps, data fields, variants.</summary>
    public const int ListMax = 256;
}
