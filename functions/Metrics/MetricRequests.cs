using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Platform.Metrics;

namespace Platform.Functions.Metrics;

/// <summary>A point to record.</summary>
public sealed partial record MetricRequest : IValidatableObject
{
    /// <summary>A project of the active organization; absent: the active one.</summary>
    public string? ProjectId { get; init; }

    /// <summary>What is measured, for instance <c>checkout.duration</c>.</summary>
    [RegularExpression("[A-Za-z][A-Za-z0-9_.:/-]{0,199}")]
    public required string Name { get; init; }

    /// <summary>Category.</summary>
    [RegularExpression("[a-z][a-z0-9_]{0,63}")]
    public string Type { get; init; } = "custom";

    /// <summary>A <c>counter</c> adds, a <c>gauge</c> goes up and down.</summary>
    public MetricKind Kind { get; init; }

    /// <summary>A finite number.</summary>
    public required double Value { get; init; }

    /// <summary>For instance <c>ms</c>.</summary>
    [StringLength(32)]
    [PlainText]
    public string? Unit { get; init => field = value?.Trim(); }

    /// <summary>At most 20.</summary>
    [MaxLength(20)]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>When it was measured: between 7 days ago and 10 minutes from now; absent: now.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (key, value) in Tags ?? new Dictionary<string, string>())
        {
            if (!TagKey().IsMatch(key))
                yield return new ValidationResult("A key of a tag should match '[A-Za-z_][A-Za-z0-9_.-]{0,63}'", [nameof(Tags)]);
            else if (value.Length > 200)
                yield return new ValidationResult("The value of a tag should have at most 200 characters", [nameof(Tags)]);
        }
    }

    internal MetricDraft ToDraft() => new(Name, Value)
    {
        Type = Type,
        Kind = Kind,
        Unit = string.IsNullOrEmpty(Unit) ? null : Unit,
        Tags = Tags ?? new Dictionary<string, string>(),
        Timestamp = Timestamp,
    };

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.-]{0,63}\z")]
    private static partial Regex TagKey();
}

/// <summary>Points to record: an object with <c>metrics</c>, or the list itself. Each is checked by itself.</summary>
[JsonConverter(typeof(Converter))]
public sealed record MetricBatch(IReadOnlyList<JsonElement>? Metrics, string? ProjectId)
{
    private sealed class Converter : JsonConverter<MetricBatch>
    {
        public override MetricBatch Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var root = JsonElement.ParseValue(ref reader);
            if (root.ValueKind != JsonValueKind.Object)
                return new MetricBatch(Items(root), null);
            var project = root.TryGetProperty("projectId", out var named) && named.ValueKind != JsonValueKind.Null ? named.ToString() : null;
            return new MetricBatch(root.TryGetProperty("metrics", out var items) ? Items(items) : null, project);
        }

        public override void Write(Utf8JsonWriter writer, MetricBatch value, JsonSerializerOptions options) => throw new NotSupportedException("A batch is read only.");

        private static List<JsonElement>? Items(JsonElement list) => list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : null;
    }
}

/// <summary>Query of <c>GET /api/analytics/metrics</c>. A filter that is repeated, or holds values separated by commas, means any of them.</summary>
public sealed record MetricListQuery : IValidatableObject
{
    /// <summary>A project of the active organization, or <c>all</c>; absent: the active one.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Categories; this or <c>name</c> is required.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string> Type { get; init; } = [];

    /// <summary>Names; one with a star at its end is the beginning of names.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string> Name { get; init; } = [];

    /// <summary>Gauges or counters only.</summary>
    public IReadOnlyList<MetricKind> Kind { get; init; } = [];

    /// <summary>Recorded by users or by the platform only.</summary>
    public IReadOnlyList<MetricSource> Source { get; init; } = [];

    /// <summary>Only points with this tag; repeated: with any of the values. Commas belong to the value.</summary>
    [Prefix("tag.")]
    [MaxLength(20)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Tags { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The first moment that counts.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The first moment that does not count any more.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The time until now, for instance <c>24h</c>, which it is when nothing else is given; at most <c>90d</c>.</summary>
    [RegularExpression(TimeWords.Period)]
    public string? Period { get; init; }

    /// <summary>Newest first, unless <c>asc</c>.</summary>
    public SortOrder Order { get; init; }

    /// <summary>Points of a page.</summary>
    [Range(1, 1000)]
    public int Limit { get; init; } = 50;

    /// <summary>Points before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Type.Count == 0 && Name.Count == 0)
            yield return new ValidationResult("Type or name should be given", [nameof(Name)]);
        foreach (var problem in TimeWords.Check(From, To, Period))
            yield return problem;
    }

    internal SeriesFilter ToFilter(Guid? project) => new() { ProjectId = project, Names = Name, Types = Type, Kinds = Kind, Sources = Source, Tags = Tags };
}
