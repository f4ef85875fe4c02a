namespace StreamEngage.Host.Generation;

internal enum Persona : byte
{
    Casual,
    Regular,
    Vip,
    PriceWatcher,

    /// <summary>Goes silent for good.</summary>
    Churner,

    /// <summary>Goes silent for days and comes back.</summary>
    Returner,
}

internal enum VisitPhase : byte
{
    Arriving,
    Browsing,
    Deciding,
    FillingForm,
    Paying,
}

/// <summary>Where one user stands. Mutable and kept in one array: it is all that the stream remembers of a user.</summary>
internal struct Visitor
{
    public long SilentFrom;
    public long LastAt;
    public long LastNumber;
    public long CartAddNumber;
    public long CartAddAt;
    public int Cart;
    public int CartCents;
    public int Watched;
    public int ViewedItem;
    public short CartItems;
    public short StepsLeft;
    public byte WatchedViews;
    public byte Errors;
    public byte Zone;
    public Persona Persona;
    public VisitPhase Phase;
    public bool HasProfile;
    public bool HasBought;
    public bool IsAway;
}
