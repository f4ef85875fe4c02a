using System.Diagnostics.CodeAnalysis;
using StreamEngage.Rules;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace StreamEngage.Host.Feeds;

/// <summary>Reads a mapping file. Everything wrong with it is reported at once, each at its place.</summary>
internal static class MappingFile
{
    public static bool TryLoad(string path, [NotNullWhen(true)] out CsvMapping? mapping, out IReadOnlyList<Problem> problems)
    {
        mapping = null;
        try
        {
            if (new FileInfo(path).Length <= FeedLimits.MappingBytesMax)
                return TryParse(File.ReadAllText(path), path, out mapping, out problems);
            problems = [Error(path, 1, 1, $"the mapping file is larger than {FeedLimits.MappingBytesMax} bytes")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems = [Error(path, 1, 1, $"the mapping file cannot be read: {e.Message}")];
        }
        return false;
    }

    public static bool TryParse(
        string yaml, string file, [NotNullWhen(true)] out CsvMapping? mapping, out IReadOnlyList<Problem> problems)
    {
        mapping = null;
        try
        {
            var documents = new YamlStream();
            documents.Load(new StringReader(yaml));
            var reader = new MappingReader(file);
            mapping = reader.Read(documents.Documents.Count == 0 ? new YamlMappingNode() : documents.Documents[0].RootNode);
            problems = reader.Problems;
            if (problems.Count > 0) mapping = null;
        }
        catch (YamlException e)
        {
            problems = [Error(file, (int)e.Start.Line, (int)e.Start.Column, $"not YAML: {e.Message}")];
        }
        return mapping is not null;
    }

    private static Problem Error(string file, int line, int column, string message) =>
        new(new SourcePosition(file, line, column), Severity.Error, "unreadable-mapping", message);
}
