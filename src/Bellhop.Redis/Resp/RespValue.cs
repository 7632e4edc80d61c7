using System.Text;

namespace Bellhop.Redis.Resp;

/// <summary>The protocol a connection speaks.</summary>
internal enum RespVersion
{
    Resp2 = 2,
    Resp3 = 3,
}

/// <summary>One reply, as it is read from a server or written to a client.</summary>
internal abstract record RespValue
{
    public static readonly RespValue Ok = new RespStatus("OK");
    public static readonly RespValue Null = new RespNull(IsArray: false);
    public static readonly RespValue NullArray = new RespNull(IsArray: true);
    public static readonly RespValue EmptyArray = new RespAggregate(RespAggregateKind.Array, []);
    public static readonly RespValue Zero = new RespInteger(0);
    public static readonly RespValue One = new RespInteger(1);

    /// <summary>Nothing is written: the command has sent its own replies.</summary>
    public static readonly RespValue None = new RespNone();

    public static RespValue Integer(long value) =>
        value switch
        {
            0 => Zero,
            1 => One,
            _ => new RespInteger(value),
        };

    public static RespValue Integer(bool value) => value ? One : Zero;

    public static RespValue Bulk(ReadOnlyMemory<byte> bytes) => new RespBulk(bytes);

    public static RespValue Bulk(string text) => new RespBulk(Encoding.UTF8.GetBytes(text));

    public static RespValue BulkOrNull(byte[]? bytes) => bytes is null ? Null : new RespBulk(bytes);

    public static RespValue Array(IReadOnlyList<RespValue> items) => new RespAggregate(RespAggregateKind.Array, items);

    public static RespValue Bulks(IEnumerable<ReadOnlyMemory<byte>> rows) => Array([.. rows.Select(Bulk)]);

    public static RespValue Set(IReadOnlyList<RespValue> items) => new RespAggregate(RespAggregateKind.Set, items);

    /// <summary>Keys and values in turn.</summary>
    public static RespValue Map(IReadOnlyList<RespValue> items) => new RespAggregate(RespAggregateKind.Map, items);

    public static RespValue Push(IReadOnlyList<RespValue> items) => new RespAggregate(RespAggregateKind.Push, items);
}

internal sealed record RespStatus(string Text) : RespValue;

/// <summary>An error line without its dash; the first word is the code.</summary>
internal sealed record RespError(string Text) : RespValue;

internal sealed record RespInteger(long Value) : RespValue;

internal sealed record RespBulk(ReadOnlyMemory<byte> Bytes) : RespValue
{
    public bool Equals(RespBulk? other) => other is not null && Bytes.Span.SequenceEqual(other.Bytes.Span);

    public override int GetHashCode() => Bytes.Length;

    public override string ToString() => Encoding.UTF8.GetString(Bytes.Span);
}

/// <summary>RESP2 tells a missing string from a missing array; RESP3 knows one null.</summary>
internal sealed record RespNull(bool IsArray) : RespValue;

internal sealed record RespBoolean(bool Value) : RespValue;

internal sealed record RespDouble(double Value) : RespValue;

internal sealed record RespBigNumber(string Digits) : RespValue;

/// <summary>Text with a three-letter format; a plain bulk string in RESP2.</summary>
internal sealed record RespVerbatim(string Format, string Text) : RespValue;

internal sealed record RespNone : RespValue;

internal enum RespAggregateKind
{
    Array,
    Set,
    Map,
    Push,
}

/// <summary>Several values; a map's stand as key, value, key, value.</summary>
internal sealed record RespAggregate(RespAggregateKind Kind, IReadOnlyList<RespValue> Items) : RespValue
{
    public bool Equals(RespAggregate? other) =>
        other is not null && Kind == other.Kind && Items.SequenceEqual(other.Items);

    public override int GetHashCode() => HashCode.Combine(Kind, Items.Count);
}
