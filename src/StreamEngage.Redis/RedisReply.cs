using System.Diagnostics.CodeAnalysis;
using StreamEngage.Steps;

namespace StreamEngage.Redis;

/// <summary>A reply, or the server's reason for refusing before it did anything.</summary>
internal readonly record struct RedisReply<T>(T? Value, string? Refusal)
{
    [MemberNotNullWhen(true, nameof(Refusal))]
    public bool IsRefused => Refusal is not null;

    /// <exception cref="StoreFailedException">It was refused.</exception>
    public T OrFail() => IsRefused ? throw new StoreFailedException($"Redis refuses: {Refusal}") : Value!;
}
