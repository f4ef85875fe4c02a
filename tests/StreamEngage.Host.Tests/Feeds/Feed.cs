using System.Text;
using System.Text.Json;
using StreamEngage.Host.Feeds;

namespace StreamEngage.Host.Tests.Feeds;

/// <summary>A whole file read through a mapping: its events parsed, its faults as text.</summary>
internal sealed class Feed
{
    public List<JsonElement> Events { get; } = [];

    public List<string> Faults { get; } = [];

    public List<long> Lines { get; } = [];

    public List<string> RawFaults { get; } = [];

    public long LeftOut { get; private set; }

    public static Feed OfText(string mapping, string csv) => OfBytes(mapping, Encoding.UTF8.GetBytes(csv));

    public static Feed OfBytes(string mapping, byte[] csv)
    {
        Assert.True(MappingFile.TryParse(mapping, "m.yaml", out var parsed, out var problems), string.Join('\n', problems));
        return Of(parsed, new MemoryStream(csv));
    }

    public static Feed OfDataset(string map, string file)
    {
        Assert.True(MappingFile.TryLoad(Path.Combine(Datasets.RepositoryRoot, "maps", map), out var parsed, out var problems), string.Join('\n', problems));
        Assert.True(EventFiles.TryOpen(Datasets.PathOf(file), out var bytes, out var error), error);
        return Of(parsed, bytes);
    }

    private static Feed Of(CsvMapping mapping, Stream csv)
    {
        Assert.True(CsvEvents.TryOpen(csv, mapping, out var events, out var problems), string.Join('\n', problems));
        using var _ = events;
        var feed = new Feed();
        while (events.TryReadNext(out var row)) feed.Add(row);
        feed.LeftOut = events.LeftOut;
        return feed;
    }

    private void Add(FeedRow row)
    {
        if (row.Fault is { } fault)
        {
            Faults.Add($"{row.Line} {fault.Reason} {fault.Detail}");
            RawFaults.Add(Encoding.UTF8.GetString(row.Raw.Span));
            return;
        }
        Lines.Add(row.Line);
        using var json = JsonDocument.Parse(row.Event);
        Events.Add(json.RootElement.Clone());
    }
}
