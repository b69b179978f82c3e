using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Platform.Archives;

namespace Platform.UserFunctions;

/// <summary>A file of a function's code; <paramref name="Path"/> is relative.</summary>
public sealed record FunctionFile([property: StringLength(500)] string Path, string Content, SourceEncoding Encoding = SourceEncoding.Utf8);

/// <summary>How a new version is tried before it serves. Unknown members are refused.</summary>
public sealed record HealthCheckBody : IValidatableObject
{
    public bool Enabled { get; init; } = true;

    /// <summary>The event of the try; absent: the code is only loaded.</summary>
    public JsonElement? Payload { get; init; }

    [Range(1, 60)]
    public int TimeoutSeconds { get; init; } = 10;

    /// <summary>A member of the result that has to be there: <c>a.b</c>.</summary>
    [RegularExpression("[A-Za-z0-9_$-]{1,64}([.][A-Za-z0-9_$-]{1,64}){0,9}")]
    public string? ExpectField { get; init; }

    /// <summary>What that member has to be.</summary>
    public JsonElement? ExpectValue { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var name in Unknown?.Keys ?? Enumerable.Empty<string>())
            yield return new ValidationResult($"Unknown member '{name}'");
        if (ExpectValue is not null && ExpectField is null)
            yield return new ValidationResult("A value can be expected of a member only", [nameof(ExpectValue)]);
        if (ExpectField is not null && Payload is null)
            yield return new ValidationResult("A result can be expected only with a payload", [nameof(ExpectField)]);
    }

    internal FunctionHealthCheck ToCheck() => new(Enabled, Payload?.GetRawText(), TimeoutSeconds, ExpectField, ExpectValue?.GetRawText());
}

/// <summary>Body of <c>POST /api/functions/project/{projectId}</c>: exactly one of <c>code</c> and <c>files</c>, unless an archive comes with it.</summary>
public sealed record NewFunction : IValidatableObject
{
    /// <summary>Unique in the project without regard to case.</summary>
    [RegularExpression(FunctionForm.NamePattern)]
    public required string Name { get; init => field = value.Trim(); }

    /// <summary><c>node</c>, or pinned <c>node20</c>; see <c>GET /api/functions/runtimes</c>.</summary>
    [StringLength(40)]
    public required string Runtime { get; init; }

    /// <summary>File and function: <c>index.handler</c>; of programs the file. Absent: the runtime's usual one.</summary>
    [RegularExpression(FunctionForm.EntrypointPattern)]
    public string? Entrypoint { get; init; }

    [StringLength(500)]
    [PlainText]
    public string? Description { get; init => field = value?.Trim(); }

    /// <summary>The only file of the code.</summary>
    [StringLength(FunctionForm.MaxFileBytes)]
    public string? Code { get; init; }

    /// <summary>All files of the code, 700 KB together.</summary>
    [MaxLength(FunctionForm.MaxFiles)]
    public IReadOnlyList<FunctionFile>? Files { get; init; }

    /// <summary>Seconds that the handler may take.</summary>
    [Range(1, 180)]
    public int TimeoutSeconds { get; init; } = 30;

    /// <summary>Mebibytes.</summary>
    [Range(64, 2048)]
    public int MemoryMb { get; init; } = 256;

    /// <summary>Invocations at once on each node.</summary>
    [Range(1, 50)]
    public int MaxConcurrency { get; init; } = 5;

    /// <summary>Workers that are kept started.</summary>
    [Range(0, 5)]
    public int MinInstances { get; init; }

    [Range(10, 3600)]
    public int IdleTimeoutSeconds { get; init; } = 300;

    /// <summary>Its own variables; read back masked.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    public FunctionNetwork Network { get; init; } = FunctionNetwork.Egress;

    public HealthCheckBody? HealthCheck { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>Bring the first version into use at once.</summary>
    public bool Deploy { get; init; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        [.. FunctionForm.CheckTags(Tags), .. FunctionForm.CheckEnvironment(Environment)];
}

/// <summary>Body of <c>PATCH /api/functions/{functionId}/code</c>: exactly one of <c>code</c> and <c>files</c>, unless an archive comes with it.</summary>
public sealed record NewCode
{
    /// <summary>The only file of the code.</summary>
    [StringLength(FunctionForm.MaxFileBytes)]
    public string? Code { get; init; }

    /// <summary>All files of the code, 700 KB together.</summary>
    [MaxLength(FunctionForm.MaxFiles)]
    public IReadOnlyList<FunctionFile>? Files { get; init; }

    [RegularExpression(FunctionForm.EntrypointPattern)]
    public string? Entrypoint { get; init; }

    /// <summary>Of the function's language.</summary>
    [StringLength(40)]
    public string? Runtime { get; init; }

    [StringLength(500)]
    [PlainText]
    public string? Message { get; init => field = value?.Trim(); }

    /// <summary>Bring the new version into use.</summary>
    public bool Deploy { get; init; }
}

/// <summary>Text part of an upload; the archive comes in the part <c>code</c>.</summary>
public sealed record FunctionUpload
{
    /// <summary>The JSON body of the operation, without <c>code</c> and <c>files</c>.</summary>
    public string? Function { get; init; }
}

/// <summary>Body of <c>PATCH /api/functions/{functionId}/toggle</c>.</summary>
public sealed record FunctionToggle
{
    /// <summary>Absent: the opposite of what is.</summary>
    public bool? Enabled { get; init; }
}

/// <summary>Body of <c>POST /api/functions/{functionId}/deploy</c>.</summary>
public sealed record NewDeployment
{
    /// <summary>Absent: the newest.</summary>
    [Range(1, int.MaxValue)]
    public int? Version { get; init; }

    /// <summary>Also when it serves already with these settings.</summary>
    public bool Force { get; init; }
}

/// <summary>Body of <c>POST /api/functions/{functionId}/invoke</c>.</summary>
public sealed record Invocation
{
    /// <summary>The event of the handler.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>What the handler finds as <c>context.headers</c>.</summary>
    [MaxLength(100)]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }
}

/// <summary>Body of <c>POST /api/functions/{functionId}/test</c>.</summary>
public sealed record FunctionTest : IValidatableObject
{
    /// <summary>The event of the handler.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>Absent: the newest version, or the code that is given.</summary>
    [Range(1, int.MaxValue)]
    public int? Version { get; init; }

    /// <summary>Code to try; it is not kept.</summary>
    [StringLength(FunctionForm.MaxFileBytes)]
    public string? Code { get; init; }

    /// <summary>Files to try; they are not kept.</summary>
    [MaxLength(FunctionForm.MaxFiles)]
    public IReadOnlyList<FunctionFile>? Files { get; init; }

    [Range(1, 180)]
    public int? TimeoutSeconds { get; init; }

    /// <summary>Variables over the function's own.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (new object?[] { Version, Code, Files }.Count(given => given is not null) > 1)
            yield return new ValidationResult("At most one of version, code and files should be given");
        foreach (var problem in FunctionForm.CheckEnvironment(Environment))
            yield return problem;
    }
}
