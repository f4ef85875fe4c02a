using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace ReferenceConsumer;

/// <summary>Distributions install librdkafka under the name of its interface version; the client asks for the bare one.</summary>
public static class SystemLibrary
{
    public static void Find() => NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, Resolve);

    private static nint Resolve(string library, Assembly asking, DllImportSearchPath? where) =>
        library == "librdkafka" && !NativeLibrary.TryLoad(library, asking, where, out var found)
            && NativeLibrary.TryLoad("librdkafka.so.1", asking, where, out found) ? found : 0;
}
