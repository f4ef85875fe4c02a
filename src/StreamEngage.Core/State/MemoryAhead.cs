using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace StreamEngage.State;

/// <summary>Asks the processor for memory that is about to be touched. Asking reads nothing and waits for nothing.</summary>
internal static unsafe class MemoryAhead
{
    private const int LineBytes = 64;

    /// <summary>Asks for the first lines of an object or array. Its header is not looked at: that would be the very miss this is to avoid.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask(object target, int lines)
    {
        if (!Sse.IsSupported) return;
        var start = *(byte**)Unsafe.AsPointer(ref target);
        for (var line = 0; line < lines; line++) Sse.Prefetch0(unchecked(start + line * LineBytes));
    }

    /// <summary>Asks for the line in which a place lies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask<T>(ref T place)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref place));
    }
}
