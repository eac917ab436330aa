using System.Globalization;
using Anyvisor.Drivers.Libvirt.Wire.Xdr;

namespace Anyvisor.Drivers.Libvirt.Wire;

internal enum TypedKind
{
    Int = 1,
    UInt = 2,
    Long = 3,
    ULong = 4,
    Double = 5,
    Boolean = 6,
    String = 7,
}

/// <summary>
/// libvirt's virTypedParameter: a name and a value of one of seven kinds. Numbers are kept as 64 bits in
/// place, so a thousand guests' stats are arrays without boxes.
/// </summary>
internal readonly record struct TypedParameter
{
    /// <summary>Name, kind and value at their smallest; a name has at least one letter.</summary>
    public const int MinimumSize = 16;

    private readonly long _bits;
    private readonly string? _text;

    private TypedParameter(string name, TypedKind kind, long bits, string? text)
    {
        Name = name;
        Kind = kind;
        _bits = bits;
        _text = text;
    }

    public string Name { get; }

    public TypedKind Kind { get; }

    public static TypedParameter Of(string name, int value) => new(name, TypedKind.Int, value, null);

    public static TypedParameter Of(string name, uint value) => new(name, TypedKind.UInt, value, null);

    public static TypedParameter Of(string name, long value) => new(name, TypedKind.Long, value, null);

    public static TypedParameter Of(string name, ulong value) => new(name, TypedKind.ULong, unchecked((long)value), null);

    public static TypedParameter Of(string name, double value) =>
        new(name, TypedKind.Double, BitConverter.DoubleToInt64Bits(value), null);

    public static TypedParameter Of(string name, bool value) => new(name, TypedKind.Boolean, value ? 1 : 0, null);

    public static TypedParameter Of(string name, string value) => new(name, TypedKind.String, 0, value);

    /// <summary>The number as a long, at most <see cref="long.MaxValue"/>; null for a text or a NaN.</summary>
    public long? AsLong() => Kind switch
    {
        TypedKind.String => null,
        TypedKind.Double => double.IsNaN(Number) ? null : (long)Math.Clamp(Number, long.MinValue, long.MaxValue),
        TypedKind.ULong => _bits < 0 ? long.MaxValue : _bits,
        _ => _bits,
    };

    /// <summary>The number as an unsigned long; null for a text, a negative number or a NaN.</summary>
    public ulong? AsULong() => Kind switch
    {
        TypedKind.ULong => unchecked((ulong)_bits),
        _ => AsLong() is >= 0 and var value ? (ulong)value : null,
    };

    public double? AsDouble() => Kind switch
    {
        TypedKind.String => null,
        TypedKind.Double => Number,
        TypedKind.ULong => unchecked((ulong)_bits),
        _ => _bits,
    };

    public bool? AsBoolean() => Kind == TypedKind.String ? null : _bits != 0;

    public string? AsString() => _text;

    /// <summary>The value as text, in the invariant culture.</summary>
    public string Format() => Kind switch
    {
        TypedKind.String => _text ?? "",
        TypedKind.Boolean => _bits != 0 ? "true" : "false",
        TypedKind.Double => Number.ToString("R", CultureInfo.InvariantCulture),
        TypedKind.ULong => unchecked((ulong)_bits).ToString(CultureInfo.InvariantCulture),
        _ => _bits.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The name alone: values of migration and agent parameters may be secrets.</summary>
    public override string ToString() => $"{Name} ({Kind})";

    public static TypedParameter Decode(ref XdrReader reader)
    {
        var name = reader.FieldName();
        var kind = (TypedKind)reader.Int();
        return kind switch
        {
            TypedKind.Int => Of(name, reader.Int()),
            TypedKind.UInt => Of(name, reader.UInt()),
            TypedKind.Long => Of(name, reader.Long()),
            TypedKind.ULong => Of(name, reader.ULong()),
            TypedKind.Double => Of(name, reader.Double()),
            TypedKind.Boolean => Of(name, reader.Flag()),
            TypedKind.String => Of(name, reader.String()),
            _ => throw LibvirtException.Protocol($"the parameter '{name}' is of the unknown kind {(int)kind}"),
        };
    }

    public void Encode(XdrWriter writer)
    {
        writer.String(Name);
        writer.Int((int)Kind);
        switch (Kind)
        {
            case TypedKind.Int:
                writer.Int((int)_bits);
                break;
            case TypedKind.UInt:
                writer.UInt((uint)_bits);
                break;
            case TypedKind.Boolean:
                writer.Flag(_bits != 0);
                break;
            case TypedKind.String:
                writer.String(_text ?? "");
                break;
            default:
                writer.Long(_bits);
                break;
        }
    }

    private double Number => BitConverter.Int64BitsToDouble(_bits);
}

internal static class TypedParameterExtensions
{
    /// <summary>The parameter of that name, or null. Lists are short or read once: no index is kept.</summary>
    public static TypedParameter? Find(this IEnumerable<TypedParameter> parameters, string name)
    {
        foreach (var parameter in parameters)
        {
            if (string.Equals(parameter.Name, name, StringComparison.Ordinal))
                return parameter;
        }
        return null;
    }
}
