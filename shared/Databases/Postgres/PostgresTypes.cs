using System.Collections.Frozen;

namespace Platform.Databases;

/// <summary>A type of a column: its name, and of an array that of its elements.</summary>
internal sealed record PostgresType(uint Id, string Name, uint Element);

/// <summary>The types that the server has from the start, by their fixed ids (<c>pg_type.dat</c>).</summary>
internal static class PostgresTypes
{
    public const uint Bool = 16;
    public const uint Bytea = 17;
    public const uint BigInt = 20;
    public const uint SmallInt = 21;
    public const uint Integer = 23;
    public const uint Text = 25;
    public const uint Oid = 26;
    public const uint Json = 114;
    public const uint Real = 700;
    public const uint Double = 701;
    public const uint Timestamp = 1114;
    public const uint TimestampTz = 1184;
    public const uint Jsonb = 3802;

    /// <summary>Ids below are those of the server's own types.</summary>
    private const uint FirstOfUsers = 16384;

    private static readonly (uint Id, string Name, uint ArrayId)[] Known =
    [
        (Bool, "boolean", 1000), (Bytea, "bytea", 1001), (18, "char", 1002), (19, "name", 1003), (BigInt, "bigint", 1016), (SmallInt, "smallint", 1005), (Integer, "integer", 1007),
        (Text, "text", 1009), (Oid, "oid", 1028), (Json, "json", 199), (142, "xml", 143), (600, "point", 1017), (650, "cidr", 651), (Real, "real", 1021), (Double, "double precision", 1022),
        (705, "text", 0), (790, "money", 791), (829, "macaddr", 1040), (869, "inet", 1041), (1042, "character", 1014), (1043, "varchar", 1015), (1082, "date", 1182), (1083, "time", 1183),
        (Timestamp, "timestamp", 1115), (TimestampTz, "timestamptz", 1185), (1186, "interval", 1187), (1266, "timetz", 1270), (1560, "bit", 1561), (1562, "varbit", 1563),
        (1700, "numeric", 1231), (2249, "record", 2287), (2278, "void", 0), (2950, "uuid", 2951), (3614, "tsvector", 3643), (3615, "tsquery", 3645), (Jsonb, "jsonb", 3807),
        (2205, "regclass", 2210), (3904, "int4range", 3905), (3906, "numrange", 3907), (3908, "tsrange", 3909), (3910, "tstzrange", 3911), (3912, "daterange", 3913), (3926, "int8range", 3927),
    ];

    private static readonly FrozenDictionary<uint, PostgresType> ById = Known.Select(type => new PostgresType(type.Id, type.Name, 0))
        .Concat(Known.Where(type => type.ArrayId != 0).Select(type => new PostgresType(type.ArrayId, $"{type.Name}[]", type.Id)))
        .ToFrozenDictionary(type => type.Id);

    /// <summary>Null for one that the server has to be asked about.</summary>
    public static PostgresType? Find(uint id) => ById.GetValueOrDefault(id);
}
