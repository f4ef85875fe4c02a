using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>Keeps the records of users between runs. It does not know what the bytes mean.</summary>
internal interface IUserStateStore
{
    /// <summary>Ids of the users that have a record, in no meaningful order.</summary>
    IEnumerable<Utf8Text> Users { get; }

    /// <summary>The record of a user; empty when there is none.</summary>
    ReadOnlyMemory<byte> Load(Utf8Text user);

    /// <summary>Replaces the record of a user; the bytes are the caller's again afterwards.</summary>
    void Save(Utf8Text user, ReadOnlySpan<byte> record);
}

/// <summary>Records in memory: the store of the embedded engine, written to and read from a snapshot file whole.</summary>
internal sealed class InMemoryStateStore : IUserStateStore
{
    private readonly Dictionary<Utf8Text, byte[]> _records = [];

    public IEnumerable<Utf8Text> Users => _records.Keys;

    public int Count => _records.Count;

    public ReadOnlyMemory<byte> Load(Utf8Text user) => _records.TryGetValue(user, out var record) ? record : ReadOnlyMemory<byte>.Empty;

    public void Save(Utf8Text user, ReadOnlySpan<byte> record) => _records[user.Detach()] = record.ToArray();
}
