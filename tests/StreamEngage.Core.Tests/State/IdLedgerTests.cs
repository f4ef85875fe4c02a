using StreamEngage.State;

namespace StreamEngage.Core.Tests.State;

public sealed class IdLedgerTests
{
    private const long Day = 86_400_000;

    [Fact]
    public void SameIdWithinTheHorizon_IsADuplicate()
    {
        var ledger = new IdLedger();
        Assert.Equal(IdVerdict.New, ledger.Admit(1, 7, at: 0, clock: 0, Day));
        Assert.Equal(IdVerdict.Duplicate, ledger.Admit(1, 7, at: 0, clock: Day - 1, Day));
    }

    [Fact]
    public void SameIdExactlyAHorizonLater_IsNew()
    {
        var ledger = new IdLedger();
        ledger.Admit(1, 7, at: 0, clock: 0, Day);
        Assert.Equal(IdVerdict.New, ledger.Admit(1, 7, at: Day, clock: Day, Day));
    }

    [Fact]
    public void SameIdWithOtherContent_IsACollision_AndTheFirstWins()
    {
        var ledger = new IdLedger();
        ledger.Admit(1, 7, at: 5, clock: 5, Day);
        Assert.Equal(IdVerdict.Collision, ledger.Admit(1, 8, at: 6, clock: 6, Day));
        Assert.Equal(IdVerdict.Duplicate, ledger.Admit(1, 7, at: 5, clock: 6, Day));
    }

    [Fact]
    public void OldestId_GoesWhenTheLedgerIsFull()
    {
        var ledger = new IdLedger();
        for (var id = 1UL; id <= Limits.DedupIdsMax; id++) ledger.Admit(id, 0, at: 0, clock: 0, Day);
        Assert.Equal(IdVerdict.Duplicate, ledger.Admit(1, 0, at: 0, clock: 0, Day));
        ledger.Admit(10_000, 0, at: 0, clock: 0, Day);
        Assert.Equal(IdVerdict.New, ledger.Admit(1, 0, at: 0, clock: 0, Day));
        Assert.Equal(IdVerdict.Duplicate, ledger.Admit(3, 0, at: 0, clock: 0, Day));
    }
}
