using System.Runtime.InteropServices;

namespace StreamEngage.Tests.ProtocolModel;

/// <summary>What one script may change of a lane, in Redis and in its owner's memory.</summary>
/// <param name="Step">How many steps were made.</param>
/// <param name="Applied">How many input records are in the state.</param>
/// <param name="Users">The state.</param>
/// <param name="Unjournaled">The steps that no committed journal record is known to list.</param>
/// <param name="Outbox">The prompts decided and not known to be published.</param>
/// <param name="Journaled">The journal position: how many steps stand before it ...</param>
/// <param name="Known">... and the prompts that stand before it.</param>
internal readonly record struct Lane(byte Step, byte Applied, Users Users, StepLog Unjournaled, byte Outbox, byte Journaled, byte Known)
{
    public bool HasPositionOf(Lane other) => Journaled == other.Journaled && Known == other.Known;
}

/// <summary>The lane's keys in Redis. Token 0 is none.</summary>
internal readonly record struct Store(byte Token, Lane Lane);

internal enum Phase : byte
{
    /// <summary>Has no lane.</summary>
    Out,

    /// <summary>Was assigned the lane; has not touched it.</summary>
    Assigned,

    /// <summary>Has written its token and waits for the stable committed offset.</summary>
    TokenWritten,

    /// <summary>Has the stable offset; must read where the journal ends.</summary>
    OffsetStable,

    /// <summary>Reads the journal up to the end that it saw.</summary>
    AtBarrier,

    /// <summary>Makes steps and publishes.</summary>
    Running
}

/// <summary>One engine: its lane worker and its publisher.</summary>
/// <param name="Phase">How far it is with its lane.</param>
/// <param name="IsMember">Its generation is the group's.</param>
/// <param name="IsPublishing">Its publisher believes that a transaction is open.</param>
/// <param name="HasAsked">It has asked Redis, since it began to publish, whether its step stands.</param>
/// <param name="Unanswered">The step whose prepare was sent and not answered.</param>
/// <param name="SentEnd">The journal end that this prepare carried ...</param>
/// <param name="SentLedger">... and the prompts that it trimmed.</param>
/// <param name="Token">The token it wrote.</param>
/// <param name="View">The lane as it believes it to be.</param>
/// <param name="Journal">What it has read of the journal.</param>
/// <param name="JournalEnd">How many steps it knows to be journaled.</param>
/// <param name="Ledger">The prompts it knows to be published and has not trimmed.</param>
/// <param name="Awaited">Whose transactions stand undecided before the journal's end that it saw.</param>
internal readonly record struct Engine(
    Phase Phase, bool IsMember, bool IsPublishing, bool HasAsked, Step Unanswered, byte SentEnd, byte SentLedger,
    byte Token, Lane View, StepLog Journal, byte JournalEnd, byte Ledger, byte Awaited)
{
    public bool IsReplaying => View.Step < JournalEnd;

    /// <summary>Itself with the journal end and the ledger that its unanswered prepare carried.</summary>
    public Engine AsSent => this with { JournalEnd = SentEnd, Ledger = SentLedger };

    public byte Unpublished => (byte)(View.Outbox & ~Ledger);
}

internal enum Decision : byte
{
    None,
    Open,
    Committed
}

/// <summary>The one transaction of a transactional id. It is over when it is committed and both markers are written, or aborted.</summary>
/// <param name="Decision">What the coordinator has decided.</param>
/// <param name="HoldsOffsets">Offsets are in it: the committed offset is not stable.</param>
/// <param name="HoldsRecords">Its records stand in the journal without a marker.</param>
/// <param name="Steps">The steps that its journal record lists.</param>
/// <param name="End">One more than the last of these.</param>
/// <param name="Prompts">The prompts in it.</param>
/// <param name="Applied">The offset in it.</param>
internal readonly record struct Transaction(
    Decision Decision, bool HoldsOffsets, bool HoldsRecords, StepLog Steps, byte End, byte Prompts, byte Applied)
{
    /// <summary>A transaction whose markers are all written is no more.</summary>
    public Transaction Settled() => HoldsOffsets || HoldsRecords ? this : default;
}

/// <summary>Kafka: the group, the offset, the journal, and what a consumer of prompts sees.</summary>
/// <param name="Owner">Whom the group's newest generation gives the lane.</param>
/// <param name="Committed">The committed offset.</param>
/// <param name="Journal">The steps that a reader of committed records finds.</param>
/// <param name="Listed">The prompts that these records list.</param>
/// <param name="Decided">The steps of all committed records, markers or not.</param>
/// <param name="IsForked">Two committed records tell different histories.</param>
/// <param name="Visible">How often each prompt was published, two bits each.</param>
internal readonly record struct Broker(
    byte Owner, byte Committed, StepLog Journal, byte Listed, StepLog Decided, bool IsForked, byte Visible)
{
    public int TimesVisible(int prompt) => (Visible >> (2 * prompt)) & 3;
}

/// <summary>One state of everything. It holds bytes only, so that it can be hashed and compared as they lie.</summary>
internal readonly record struct World(
    Store Redis, Store OneWriteAgo, Store TwoWritesAgo, Engine Left, Engine Right, Transaction LeftTransaction, Transaction RightTransaction,
    Broker Kafka, Faults Faults)
{
    public Engine this[int who] => who == 0 ? Left : Right;

    public Transaction TransactionOf(int who) => who == 0 ? LeftTransaction : RightTransaction;

    public World With(int who, Engine engine) => who == 0 ? this with { Left = engine } : this with { Right = engine };

    public World With(int who, Transaction transaction) =>
        who == 0 ? this with { LeftTransaction = transaction } : this with { RightTransaction = transaction };

    /// <summary>Redis after a write. The past is kept only while it can come back.</summary>
    public World Written(Store store) => Faults.Losses > 0
        ? this with { Redis = store, OneWriteAgo = Redis, TwoWritesAgo = OneWriteAgo }
        : this with { Redis = store };

    public bool Equals(World other) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<World>(in this)).SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<World>(in other)));

    public override int GetHashCode()
    {
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<World>(in this));
        ulong hash = 0;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes)) hash = Mixed(hash ^ word);
        foreach (var rest in bytes[^(bytes.Length % sizeof(ulong))..]) hash = Mixed(hash ^ rest);
        return (int)(hash >> 33);
    }

    // Wrapping round is what mixes.
    private static ulong Mixed(ulong value)
    {
        unchecked
        {
            value *= 0x9E3779B97F4A7C15;
            return value ^ (value >> 29);
        }
    }
}
