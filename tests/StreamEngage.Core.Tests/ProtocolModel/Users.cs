namespace StreamEngage.Tests.ProtocolModel;

internal enum Alarm : byte
{
    Off,
    Armed,
    Fired,
    Cancelled
}

/// <summary>The stored state of two users: how many events each has had, and the one timer, which is Ann's.</summary>
internal readonly record struct Users(byte Bits)
{
    private const int CountMax = 3;

    public Alarm Alarm => (Alarm)((Bits >> 4) & 3);

    public int CountOf(User user) => (Bits >> Shift(user)) & CountMax;

    public Users Counted(User user) =>
        CountOf(user) == CountMax ? this : new((byte)(Bits + (1 << Shift(user))));

    public Users With(Alarm alarm) => new((byte)((Bits & ~(3 << 4)) | ((int)alarm << 4)));

    /// <summary>This state with one user's record taken from another: a step writes only whom it touched.</summary>
    public Users Overwritten(User user, Users by)
    {
        var record = user == User.Ann ? 0b11_00_11 : 0b00_11_00;
        return new((byte)((Bits & ~record) | (by.Bits & record)));
    }

    private static int Shift(User user) => user == User.Ann ? 0 : 2;
}

internal enum User : byte
{
    Ann,
    Bob
}
