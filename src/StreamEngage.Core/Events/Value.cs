using System.Globalization;
using System.Runtime.CompilerServices;

namespace StreamEngage.Events;

/// <summary>What a value is.</summary>
public enum ValueKind : byte
{
    /// <summary>Missing or null; the default.</summary>
    Null,

    /// <summary>A double; of a duration or instant, its milliseconds.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>UTF-8 text.</summary>
    Text,

    /// <summary>An array of scalars, for <c>contains</c> and <c>in</c> only.</summary>
    List,
}

/// <summary>A property value: null, number, boolean, text or a list of those. 24 bytes, never boxed.</summary>
/// <remarks>Text and list elements belong to the value's owner (batch or state) and are valid as long as it keeps them.</remarks>
public readonly struct Value : IEquatable<Value>
{
    private readonly object? _owner;   // byte[] of a text, Value[] of a list
    private readonly double _number;   // number; 1 for true; bits of the hash of a text whose maker knew it
    private readonly int _offset;
    private readonly int _lengthAndKind;

    private Value(ValueKind kind, double number)
    {
        _number = number;
        _lengthAndKind = (int)kind;
    }

    private Value(ValueKind kind, object owner, int offset, int length, ulong hash = 0)
    {
        _owner = owner;
        _number = BitConverter.UInt64BitsToDouble(hash);
        _offset = offset;
        _lengthAndKind = (length << 3) | (int)kind;
    }

    /// <summary>Missing or null.</summary>
    public static Value Null => default;

    /// <summary>A number. NaN and infinities become null: no expression ever sees them.</summary>
    public static Value Of(double number) => double.IsFinite(number) ? new(ValueKind.Number, number) : default;

    /// <summary>A boolean.</summary>
    public static Value Of(bool truth) => new(ValueKind.Boolean, truth ? 1 : 0);

    /// <summary>A text.</summary>
    public static Value Of(Utf8Text text) => new(ValueKind.Text, text.Owner, text.Offset, text.Length);

    /// <summary>A text whose <see cref="Hash64"/> is known: hashed once where it is read, however many keys and windows look at it.</summary>
    internal static Value Of(Utf8Text text, ulong hash) => new(ValueKind.Text, text.Owner, text.Offset, text.Length, hash);

    /// <summary>A text of its own bytes.</summary>
    public static Value Of(string text)
    {
        var bytes = new Utf8Text(text);
        return Of(bytes, Hash64.Of(bytes.Span));
    }

    internal static Value List(Value[] owner, int offset, int length) => new(ValueKind.List, owner, offset, length);

    /// <summary>What it is.</summary>
    public ValueKind Kind => unchecked((ValueKind)(_lengthAndKind & 7));

    /// <summary>True when missing or null.</summary>
    public bool IsNull => _lengthAndKind == 0;

    /// <summary>The number; 1 for true, 0 for false and for every other kind.</summary>
    public double Number => Kind is ValueKind.Number or ValueKind.Boolean ? _number : 0;

    /// <summary>True only for the boolean true.</summary>
    public bool IsTrue => Kind == ValueKind.Boolean && _number != 0;

    /// <summary>The text; empty for every other kind.</summary>
    public Utf8Text Text =>
        Kind == ValueKind.Text ? new(Unsafe.As<byte[]>(_owner!), _offset, _lengthAndKind >> 3) : default;

    /// <summary>The elements of a list; none for every other kind.</summary>
    public ReadOnlySpan<Value> Items =>
        Kind == ValueKind.List ? Unsafe.As<Value[]>(_owner!).AsSpan(_offset, _lengthAndKind >> 3) : default;

    /// <summary>Identity of the value within one user: equal values have equal identities.</summary>
    internal ulong Identity => Kind == ValueKind.Text && BitConverter.DoubleToUInt64Bits(_number) is not 0 and var known ? known : NewIdentity();

    private ulong NewIdentity() => Kind switch
    {
        ValueKind.Null => 0,
        ValueKind.Number => Hash64.Of(_number),
        ValueKind.Boolean => Hash64.Mix((ulong)_number, 2),
        ValueKind.Text => Hash64.Of(Text.Span),
        _ => IdentityOfItems(),
    };

    private ulong IdentityOfItems()
    {
        var hash = 3UL;
        foreach (var item in Items) hash = Hash64.Mix(hash, item.Identity);
        return hash;
    }

    /// <summary>Same kind and same content; null equals null here (the language's <c>=</c> is another thing).</summary>
    public bool Equals(Value other)
    {
        if (Kind != other.Kind) return false;
        return Kind switch
        {
            ValueKind.Null => true,
            ValueKind.Text => Text == other.Text,
            ValueKind.List => Items.SequenceEqual(other.Items),
            _ => _number == other._number,
        };
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Value other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(Identity & int.MaxValue);

    /// <summary>Same kind and content.</summary>
    public static bool operator ==(Value a, Value b) => a.Equals(b);

    /// <summary>Other kind or content.</summary>
    public static bool operator !=(Value a, Value b) => !a.Equals(b);

    /// <summary>The text form used for instance keys and templates; empty for null.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.Number => _number.ToString("R", CultureInfo.InvariantCulture),
        ValueKind.Boolean => IsTrue ? "true" : "false",
        ValueKind.Text => Text.ToString(),
        ValueKind.List => string.Join(',', Items.ToArray()),
        _ => "",
    };
}
