using StreamEngage.Events;

namespace StreamEngage.Host.Generation;

/// <summary>
/// What users do, one act at a time in order of time. In an open cart every act follows within 30 s and at most 30 acts follow, so
/// that a cart is closed within 15 minutes of any of its additions or never.
/// </summary>
internal sealed class Visits
{
    /// <summary>About what <see cref="Browse"/> and the check-out come to, to judge how long the stream will last.</summary>
    private const int EventsPerSession = 9;

    private const long Minute = 60_000, Day = 24 * 60 * Minute;

    private const int WatchedViewsMin = 3;

    private readonly SeededDraw _draw;
    private readonly ShopTruth _truth;
    private readonly Visitor[] _visitors;
    private readonly VisitQueue _queue;
    private readonly double _meanGap;
    private readonly long _horizon;
    private long _number;

    public Visits(ShopSettings settings, SeededDraw draw, ShopTruth truth)
    {
        (_draw, _truth) = (draw, truth);
        _visitors = new Visitor[settings.Users];
        _queue = new VisitQueue(settings.Users);
        _meanGap = Day / settings.SessionsPerDay;
        _horizon = (long)Math.Min(settings.Events / (double)settings.Users / EventsPerSession * _meanGap, 36_500.0 * Day);
        for (var user = 0; user < settings.Users; user++) Introduce(user, settings.Start.UnixMilliseconds);
    }

    public bool IsOver => _queue.IsEmpty;

    public long NextAt => _queue.NextAt;

    /// <summary>The number of an event that no user does, for a line the generator makes up.</summary>
    public long TakeNumber() => ++_number;

    public ClickEvent Next()
    {
        var user = _queue.NextUser;
        ref var visitor = ref _visitors[user];
        var act = new ClickEvent { Number = ++_number, At = new EventTime(_queue.NextAt), User = user };
        var goesOn = visitor.Phase switch
        {
            VisitPhase.Arriving => Arrive(ref visitor, ref act),
            VisitPhase.Browsing => Browse(ref visitor, ref act),
            VisitPhase.Deciding => Decide(ref visitor, ref act),
            VisitPhase.FillingForm => FillForm(ref visitor, ref act),
            _ => Pay(ref visitor, ref act),
        };
        visitor.LastAt = act.At.UnixMilliseconds;
        visitor.LastNumber = act.Number;
        if (goesOn) _queue.Postpone(visitor.LastAt + ThinkingTime(visitor));
        else Leave(user, ref visitor);
        return act;
    }

    /// <summary>Names the carts that are open because the stream ends in the middle of a session.</summary>
    public void EndOpenCarts()
    {
        for (var user = 0; user < _visitors.Length; user++)
            if (_visitors[user].CartItems > 0) _truth.Cart("open_cart"u8, user, _visitors[user]);
    }

    private void Introduce(int user, long start)
    {
        ref var visitor = ref _visitors[user];
        visitor.Persona = user == 0 ? Persona.Regular : DrawPersona();
        visitor.Zone = (byte)_draw.Below(Shop.Zones);
        visitor.Watched = 1 + _draw.Below(Shop.Items);
        visitor.SilentFrom = visitor.Persona is Persona.Churner or Persona.Returner
            ? start + (long)(_horizon * (0.2 + 0.4 * _draw.Share()))
            : long.MaxValue;
        _queue.Add(AwakeAt(start + (long)(_meanGap * _draw.Share()), visitor.Zone), user);
    }

    private Persona DrawPersona() => _draw.Below(100) switch
    {
        < 58 => Persona.Casual,
        < 75 => Persona.Regular,
        < 78 => Persona.Vip,
        < 85 => Persona.PriceWatcher,
        < 95 => Persona.Churner,
        _ => Persona.Returner,
    };

    private bool Arrive(ref Visitor visitor, ref ClickEvent act)
    {
        if (visitor.IsAway)
        {
            visitor.IsAway = false;
            _truth.Returner(act, visitor);
        }
        if (!visitor.HasProfile)
        {
            visitor.HasProfile = true;
            var tier = visitor.Persona == Persona.Vip ? 2 : visitor.Persona == Persona.Regular ? 1 : 0;
            act = act with { Type = ClickType.ProfileUpdate, Detail = visitor.Zone * 4 + tier };
            if (tier == 2) _truth.Vip(act);
            return true;
        }
        visitor.Phase = VisitPhase.Browsing;
        visitor.StepsLeft = (short)(1 + Math.Min(60, (int)(_draw.Exponential() * 6)));
        visitor.WatchedViews = 0;
        visitor.ViewedItem = 0;
        return true;
    }

    private bool Browse(ref Visitor visitor, ref ClickEvent act)
    {
        visitor.StepsLeft--;
        var roll = _draw.Below(100);
        var buys = visitor.Persona is Persona.Regular or Persona.Vip ? 26 : 13;
        if (visitor.ViewedItem > 0 && roll < buys) AddToCart(ref visitor, ref act);
        else if (roll < 38) Search(ref act);
        else if (roll < 50) act = act with { Detail = _draw.Below(Shop.Pages) };
        else View(ref visitor, ref act);
        if (visitor.StepsLeft > 0) return true;
        visitor.Phase = VisitPhase.Deciding;
        return visitor.CartItems > 0;
    }

    private void Search(ref ClickEvent act) => act = act with
    {
        Type = ClickType.Search,
        Item = _draw.Below(Shop.Items),
        Detail = _draw.Percent(15) ? 0 : _draw.Between(1, 180),
    };

    private void View(ref Visitor visitor, ref ClickEvent act)
    {
        // A cube makes few items popular without a library power function.
        var share = _draw.Share();
        var isWatched = visitor.Persona == Persona.PriceWatcher && _draw.Percent(65);
        visitor.ViewedItem = isWatched ? visitor.Watched : 1 + (int)(Shop.Items * (share * share * share));
        act = act with { Type = ClickType.View, Item = visitor.ViewedItem, Cents = Shop.PriceInCents(visitor.ViewedItem) };
        if (!isWatched) return;
        visitor.WatchedViews++;
        if (visitor.WatchedViews == WatchedViewsMin) _truth.PriceWatch(act);
    }

    private static void AddToCart(ref Visitor visitor, ref ClickEvent act)
    {
        if (visitor.CartItems == 0)
        {
            visitor.Cart++;
            visitor.CartCents = 0;
            visitor.StepsLeft = Math.Min(visitor.StepsLeft, (short)20);
        }
        var cents = Shop.PriceInCents(visitor.ViewedItem);
        act = act with { Type = ClickType.CartAdd, Cart = visitor.Cart, Item = visitor.ViewedItem, Cents = cents };
        visitor.CartItems++;
        visitor.CartCents += cents;
        visitor.CartAddNumber = act.Number;
        visitor.CartAddAt = act.At.UnixMilliseconds;
        visitor.ViewedItem = 0;
    }

    private bool Decide(ref Visitor visitor, ref ClickEvent act)
    {
        var roll = _draw.Below(100);
        if (roll < 12)
        {
            act = act with { Type = ClickType.CartClear, Cart = visitor.Cart };
            visitor.CartItems = 0;
            return false;
        }
        // Looks at the delivery conditions and goes.
        if (roll < 58)
        {
            act = act with { Detail = Shop.Pages - 1 };
            return false;
        }
        act = act with { Type = ClickType.CheckoutStart, Cart = visitor.Cart, Cents = visitor.CartCents };
        visitor.Phase = VisitPhase.FillingForm;
        visitor.Errors = 0;
        return true;
    }

    private bool FillForm(ref Visitor visitor, ref ClickEvent act)
    {
        var errs = visitor.Errors < 4 && _draw.Percent(visitor.Errors == 0 ? 20 : 50);
        if (!errs) return Pay(ref visitor, ref act);
        visitor.Errors++;
        act = act with { Type = ClickType.FormError, Cart = visitor.Cart, Detail = _draw.Below(Shop.Fields) };
        return !_draw.Percent(20);
    }

    private bool Pay(ref Visitor visitor, ref ClickEvent act)
    {
        visitor.Phase = VisitPhase.Paying;
        if (visitor.Errors < 6 && _draw.Percent(10))
        {
            visitor.Errors++;
            act = act with { Type = ClickType.CheckoutError, Cart = visitor.Cart, Detail = _draw.Below(Shop.Codes) };
            return !_draw.Percent(40);
        }
        act = act with { Type = ClickType.Purchase, Cart = visitor.Cart, Cents = visitor.CartCents, Detail = visitor.CartItems };
        visitor.CartItems = 0;
        if (!visitor.HasBought) _truth.FirstPurchase(act);
        visitor.HasBought = true;
        return false;
    }

    private void Leave(int user, ref Visitor visitor)
    {
        if (visitor.CartItems > 0) _truth.Cart("abandoned_cart"u8, user, visitor);
        visitor.CartItems = 0;
        visitor.Phase = VisitPhase.Arriving;
        var goesSilent = visitor.LastAt >= visitor.SilentFrom;
        if (goesSilent && visitor.Persona == Persona.Churner)
        {
            _truth.Churner(user, visitor);
            _queue.RemoveNext();
            return;
        }
        visitor.IsAway = goesSilent;
        if (goesSilent) visitor.SilentFrom = long.MaxValue;
        var gap = goesSilent ? Math.Max(3 * Day, _horizon / 4) : 45 * Minute + (long)(_draw.Exponential() * _meanGap);
        _queue.Postpone(AwakeAt(visitor.LastAt + gap, visitor.Zone));
    }

    private long ThinkingTime(in Visitor visitor) =>
        visitor.CartItems > 0 ? _draw.Between(3_000, 30_000) : 1_500 + (long)Math.Min(_draw.Exponential() * 25_000, 240_000);

    // A planned instant at which users of the zone mostly sleep moves on towards their day.
    private long AwakeAt(long planned, int zone)
    {
        for (var tries = 0; tries < 24 && !_draw.Percent(Shop.Activity(zone, planned)); tries++)
            planned += _draw.Between(15 * 60_000, 90 * 60_000);
        return planned;
    }
}
