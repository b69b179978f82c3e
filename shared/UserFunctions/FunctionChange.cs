using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Platform.UserFunctions;

/// <summary>Body of <c>PATCH /api/functions/{functionId}</c>: absent members stay as they are.</summary>
public sealed record FunctionChange : IValidatableObject
{
    [RegularExpression(FunctionForm.NamePattern)]
    public string Name { get; init => field = Named(value?.Trim()!); } = null!; // null only when absent, like those below

    /// <summary>Null clears it.</summary>
    [StringLength(500)]
    [PlainText]
    public string? Description
    {
        get;
        init => (field, HasDescription, IsAny) = (value?.Trim(), true, true);
    }

    /// <summary>Another version of the same language; holds from the next deployment on.</summary>
    [StringLength(40)]
    public string Runtime { get; init => field = Named(value); } = null!;

    [Range(1, 180)]
    public int TimeoutSeconds { get; init => field = Named(value, v => NewTimeoutSeconds = v); } = 1;

    /// <summary>Mebibytes.</summary>
    [Range(64, 2048)]
    public int MemoryMb { get; init => field = Named(value, v => NewMemoryMb = v); } = 64;

    [Range(1, 50)]
    public int MaxConcurrency { get; init => field = Named(value, v => NewMaxConcurrency = v); } = 1;

    [Range(0, 5)]
    public int MinInstances { get; init => field = Named(value, v => NewMinInstances = v); }

    [Range(10, 3600)]
    public int IdleTimeoutSeconds { get; init => field = Named(value, v => NewIdleTimeoutSeconds = v); } = 10;

    /// <summary>Merged with what is there: null takes a variable away, the mask leaves it.</summary>
    public IReadOnlyDictionary<string, JsonElement> Environment { get; init => field = Named(value); } = null!;

    public FunctionNetwork Network { get; init => field = Named(value, v => NewNetwork = v); }

    /// <summary>Replaces it as a whole.</summary>
    public HealthCheckBody HealthCheck { get; init => field = Named(value); } = null!;

    /// <summary>Replaces them all.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init => field = Named(value); } = null!;

    internal bool HasDescription { get; private init; }

    internal IReadOnlyDictionary<string, string?>? NewEnvironment => Environment?.ToDictionary(pair => pair.Key, pair => pair.Value.GetString());

    internal int? NewTimeoutSeconds { get; private set; }

    internal int? NewMemoryMb { get; private set; }

    internal int? NewMaxConcurrency { get; private set; }

    internal int? NewMinInstances { get; private set; }

    internal int? NewIdleTimeoutSeconds { get; private set; }

    internal FunctionNetwork? NewNetwork { get; private set; }

    private bool IsAny { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsAny)
            return [new ValidationResult("At least one member should be given")];
        if (Environment?.Values.All(value => value.ValueKind is JsonValueKind.String or JsonValueKind.Null) == false)
            return [new ValidationResult("Values should be strings, or null", [nameof(Environment)])];
        return [.. FunctionForm.CheckTags(Tags), .. FunctionForm.CheckEnvironment(NewEnvironment)];
    }

    private T Named<T>(T value, Action<T>? note = null)
    {
        IsAny = true;
        note?.Invoke(value);
        return value;
    }
}
