using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Platform;

/// <summary>
/// JSON as it is on the wire: one casing for names, enum values in lower snake_case, times as <see cref="WireTime"/>, nulls written.
/// Readable text is not escaped, so none of it belongs inside HTML.
/// <see cref="Reading"/> is strict: duplicate names, comments, trailing commas, numbers in strings, <c>NaN</c> and depth over 64 are refused.
/// </summary>
public sealed class WireJson
{
    /// <summary>Families executions and inference, event payloads.</summary>
    public static readonly WireJson Snake = new(JsonNamingPolicy.SnakeCaseLower);

    /// <summary>Families delivery, checks and agents.</summary>
    public static readonly WireJson Camel = new(JsonNamingPolicy.CamelCase);

    /// <summary>Nesting above which a document is refused.</summary>
    public const int MaxDepth = 64;

    private WireJson(JsonNamingPolicy naming)
    {
        Naming = naming;
        Writing = Create(naming);
        Reading = Create(naming);
        Reading.RespectNullableAnnotations = true;
        Writing.MakeReadOnly();
        Reading.MakeReadOnly();
    }

    public JsonNamingPolicy Naming { get; }

    public JsonSerializerOptions Reading { get; }

    public JsonSerializerOptions Writing { get; }

    public static WireJson For(Family family) => family is Family.Executions or Family.Inference ? Snake : Camel;

    private static JsonSerializerOptions Create(JsonNamingPolicy naming)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = naming,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            AllowDuplicateProperties = false,
            MaxDepth = MaxDepth,
            TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
        };
        options.Converters.Add(new WireTimeConverter());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));
        return options;
    }
}
