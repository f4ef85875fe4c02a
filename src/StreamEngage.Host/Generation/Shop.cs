namespace StreamEngage.Host.Generation;

/// <summary>What is the same in every generated shop: its catalogue, and where in the world its users live.</summary>
internal static class Shop
{
    public const int Items = 2_000;

    private static readonly byte[][] _categories =
    [
        [.. "shoes"u8], [.. "jackets"u8], [.. "shirts"u8], [.. "jeans"u8], [.. "bags"u8], [.. "watches"u8],
        [.. "phones"u8], [.. "laptops"u8], [.. "headphones"u8], [.. "kitchen"u8], [.. "books"u8], [.. "toys"u8],
    ];

    private static readonly byte[][] _pages = [[.. "home"u8], [.. "category"u8], [.. "offers"u8], [.. "cart"u8], [.. "help"u8], [.. "delivery"u8]];

    private static readonly byte[][] _codes = [[.. "card_declined"u8], [.. "timeout"u8], [.. "address_rejected"u8]];

    private static readonly byte[][] _fields = [[.. "postcode"u8], [.. "phone"u8], [.. "card_number"u8], [.. "email"u8]];

    private static readonly byte[][] _tiers = [[.. "standard"u8], [.. "gold"u8], [.. "vip"u8]];

    // Standard offsets: summer time only moves the rhythm of a day by an hour, and zone data differs between machines.
    private static readonly (byte[] Name, int OffsetMinutes)[] _zones =
    [
        ([.. "Asia/Seoul"u8], 540), ([.. "Europe/Berlin"u8], 60), ([.. "America/New_York"u8], -300), ([.. "America/Los_Angeles"u8], -480),
        ([.. "Europe/London"u8], 0), ([.. "Asia/Kolkata"u8], 330), ([.. "America/Sao_Paulo"u8], -180), ([.. "Australia/Sydney"u8], 600),
    ];

    private static readonly byte[] _activityByHour =
        [8, 4, 2, 1, 1, 2, 8, 18, 30, 38, 42, 46, 56, 50, 44, 42, 44, 52, 66, 84, 100, 96, 60, 26];

    public static int Pages => _pages.Length;

    public static int Codes => _codes.Length;

    public static int Fields => _fields.Length;

    public static int Zones => _zones.Length;

    public static ReadOnlySpan<byte> Category(int item) => _categories[item % _categories.Length];

    public static ReadOnlySpan<byte> Page(int page) => _pages[page];

    public static ReadOnlySpan<byte> Code(int code) => _codes[code];

    public static ReadOnlySpan<byte> Field(int field) => _fields[field];

    public static ReadOnlySpan<byte> Tier(int tier) => _tiers[tier];

    public static ReadOnlySpan<byte> Zone(int zone) => _zones[zone].Name;

    /// <summary>From 2.99 to about 600, the same for an item in every stream.</summary>
    public static int PriceInCents(int item)
    {
        var spread = (uint)item * 2_654_435_761L % 1000;
        return (int)(299 + spread * spread * 60 / 1000);
    }

    /// <summary>Chance in percent that a visit planned for this instant happens then.</summary>
    public static int Activity(int zone, long unixMilliseconds)
    {
        var localHour = (unixMilliseconds / 60_000 + _zones[zone].OffsetMinutes + 1440) / 60 % 24;
        return _activityByHour[localHour];
    }
}
