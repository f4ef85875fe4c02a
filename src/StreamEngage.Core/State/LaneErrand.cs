using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// What one lane asks or tells another of a user, where lanes are apart. Those of one lane to another arrive in the order they were made, each taken
/// once.
/// </summary>
/// <param name="To">The lane it is for.</param>
internal abstract record LaneErrand(int To);

/// <summary>"This id is the known user's now: give me what you know of it." From the known user's lane to the id's own.</summary>
internal sealed record MoveRequest(int To) : LaneErrand(To)
{
    /// <summary>Where the answer goes, and later events of the id.</summary>
    public required int From { get; init; }

    public required Utf8Text Anonymous { get; init; }

    public required Utf8Text Known { get; init; }

    /// <summary>When somebody identified as the known user: an erasure of the id at or after it forbids the move.</summary>
    public required EventTime At { get; init; }

    /// <summary>Tells this identification from any other.</summary>
    public required ulong Claim { get; init; }

    /// <summary>Ids the known user can still take in.</summary>
    public required int Room { get; init; }
}

/// <summary>The answer to a <see cref="MoveRequest"/>.</summary>
internal sealed record MoveReply(int To) : LaneErrand(To)
{
    public required Utf8Text Anonymous { get; init; }

    /// <summary>Who takes the record in, as far as the sender knows.</summary>
    public required Utf8Text Known { get; init; }

    public required EventTime At { get; init; }

    public required ulong Claim { get; init; }

    /// <summary>The id's stored form; empty: it was refused.</summary>
    public required ReadOnlyMemory<byte> Record { get; init; }

    /// <summary>Names the rulebook under which the record was written, where lanes may be under different ones; empty: under that of all.</summary>
    public string Rulebook { get; init; } = "";

    /// <summary>Of each trigger that the record speaks of, the identity of its name by its own: for a lane that does not know that rulebook yet.</summary>
    public IReadOnlyDictionary<uint, uint> Names { get; init; } = new Dictionary<uint, uint>();

    /// <summary>Aliases that it has passed, the first of them the id's own. Where it would pass one again, they lead round in a circle.</summary>
    public IReadOnlyList<LaneAlias> Passed { get; init; } = [];

    /// <summary>The claim that is undone because it closed a circle of aliases, through which this record has come; 0: it has come through none.</summary>
    public ulong Undoes { get; init; }
}

/// <summary>"An id that you gave away was erased."</summary>
internal sealed record AliasErasure(int To) : LaneErrand(To)
{
    public required Utf8Text Id { get; init; }

    /// <summary>Events of the id at or before this instant are ignored.</summary>
    public required EventTime At { get; init; }

    /// <summary>The claim that was not answered yet: if it was refused, nothing is erased; 0: the id was the user's.</summary>
    public required ulong Claim { get; init; }
}

/// <summary>An event of an id that another lane's user owns, under that user's id.</summary>
/// <param name="To">The lane it is for.</param>
/// <param name="Event">In the form in which a source stores what it holds.</param>
internal sealed record ForwardedEvent(int To, ReadOnlyMemory<byte> Event) : LaneErrand(To);

/// <summary>An alias whose user lives in another lane than the alias.</summary>
/// <param name="Lane">The lane of the alias.</param>
/// <param name="Id">The alias.</param>
/// <param name="Claim">The identification that made it one.</param>
internal readonly record struct LaneAlias(int Lane, Utf8Text Id, ulong Claim);

/// <summary>An errand in its place among the events of a batch.</summary>
/// <param name="Before">Index of the event it is done before; the number of events: after all of them.</param>
/// <param name="Errand">What is to be done.</param>
internal readonly record struct PlacedErrand(int Before, LaneErrand Errand);
