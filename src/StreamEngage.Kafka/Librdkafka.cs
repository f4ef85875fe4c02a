using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace StreamEngage.Kafka;

/// <summary>Finds librdkafka for Confluent.Kafka and for <see cref="MockCluster"/>.</summary>
internal static class Librdkafka
{
    public const string Name = "librdkafka";

    // Debian and Homebrew install it under the name of its ABI only; the package librdkafka.redist brings it under the bare one. Found when first
    // needed and not linked at build time, so that a build made before it was installed works afterwards.
    private static readonly string[] SystemNames = ["librdkafka.so.1", "librdkafka.1.dylib"];
    private static readonly Lazy<string?> Outcome = new(Load);

    /// <summary>Why there is no Kafka client here and what to do about it; null when there is one.</summary>
    public static string? Problem => Outcome.Value;

    /// <summary>The library's own version, such as 2.0.2.</summary>
    public static string Version => Library.VersionString;

    /// <summary>Before the first client.</summary>
    public static void Require()
    {
        if (Problem is { } problem) throw new DllNotFoundException(problem);
    }

    private static string? Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);
        NativeLibrary.SetDllImportResolver(typeof(Librdkafka).Assembly, Resolve);
        try
        {
            return Library.Version > 0 ? null : "librdkafka tells no version";
        }
        catch (Exception failure) when (failure is DllNotFoundException or InvalidOperationException or FileLoadException)
        {
            return $"librdkafka cannot be loaded: apt-get install librdkafka1, or build with -p:UseLibrdkafkaRedist=true ({failure.Message})";
        }
    }

    private static nint Resolve(string library, Assembly asking, DllImportSearchPath? where)
    {
        if (library != Name) return 0;
        if (NativeLibrary.TryLoad(Name, asking, where, out var bundled)) return bundled;
        foreach (var name in SystemNames)
            if (NativeLibrary.TryLoad(name, asking, where, out var system)) return system;
        return 0;
    }
}
