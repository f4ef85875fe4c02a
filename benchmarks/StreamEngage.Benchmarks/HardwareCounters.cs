using System.Runtime.InteropServices;

namespace StreamEngage.Benchmarks;

/// <summary>
/// What the processor counted for the calling thread in user mode: instructions, cycles, cache misses. On a machine that others use, instructions
/// say what a change gave when times do not. Linux on x64 only.
/// </summary>
internal sealed partial class HardwareCounters
{
    private const int PerfEventOpen = 298;
    private const ulong UserModeOnly = (1 << 5) | (1 << 6);
    private static readonly ulong[] _events = [1, 0, 3];

    private readonly int[] _files = [.. _events.Select(Open)];

    /// <summary>Of the thread that asked first: benchmarks have one.</summary>
    public static HardwareCounters Shared { get; } = new();

    private static bool IsSupported => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Since the counters were opened; zero where the machine does not count.</summary>
    public Counted Read() => new(ValueOf(_files[0]), ValueOf(_files[1]), ValueOf(_files[2]));

    private static int Open(ulong counter)
    {
        if (!IsSupported) return -1;
        var attributes = new EventAttributes { Size = Marshal.SizeOf<EventAttributes>(), Event = counter, Flags = UserModeOnly };
        return (int)SystemCall(PerfEventOpen, ref attributes, 0, -1, -1, 0);
    }

    private static long ValueOf(int file)
    {
        var value = 0L;
        return file >= 0 && ReadFile(file, ref value, sizeof(long)) == sizeof(long) ? value : 0;
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(long number, ref EventAttributes attributes, int process, int processor, int group, ulong flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint ReadFile(int file, ref long into, nint length);

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct EventAttributes
    {
        public int Type;
        public int Size;
        public ulong Event;
        public ulong Period;
        public ulong SampleType;
        public ulong ReadFormat;
        public ulong Flags;
    }
}

/// <summary>What was counted between two readings.</summary>
internal readonly record struct Counted(long Instructions, long Cycles, long CacheMisses)
{
    public static Counted operator +(Counted a, Counted b) => new(a.Instructions + b.Instructions, a.Cycles + b.Cycles, a.CacheMisses + b.CacheMisses);

    public static Counted operator -(Counted a, Counted b) => new(a.Instructions - b.Instructions, a.Cycles - b.Cycles, a.CacheMisses - b.CacheMisses);

    public string AnEvent(int events) =>
        $"{(double)Instructions / events:N0} instructions, {(double)Cycles / events:N0} cycles, {(double)CacheMisses / events:N2} cache misses";
}
