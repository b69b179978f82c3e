using System.Text.Json.Serialization;
using Platform.UserFunctions;

namespace Platform.Functions.UserFunctions;

/// <summary>How a new version is tried.</summary>
public sealed record HealthCheckView(bool Enabled, StoredJson? Payload, int TimeoutSeconds, string? ExpectField, StoredJson? ExpectValue)
{
    public static HealthCheckView Of(FunctionHealthCheck check) => new(check.Enabled, Json(check.Payload), check.TimeoutSeconds, check.ExpectField, Json(check.ExpectValue));

    private static StoredJson? Json(string? text) => text is null ? null : new StoredJson(text);
}

/// <summary>A function. Values of its variables are masked. Versions, deployments and pool are in the detail only, files only where they are asked for.</summary>
public sealed record FunctionView
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Name { get; init; }

    public required string? Description { get; init; }

    public required string Runtime { get; init; }

    public required string Entrypoint { get; init; }

    public required int TimeoutSeconds { get; init; }

    public required int MemoryMb { get; init; }

    public required int MaxConcurrency { get; init; }

    public required int MinInstances { get; init; }

    public required int IdleTimeoutSeconds { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required FunctionNetwork Network { get; init; }

    public required HealthCheckView HealthCheck { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public required bool Enabled { get; init; }

    public required FunctionStatus Status { get; init; }

    public required int LatestVersion { get; init; }

    public required int? ActiveVersion { get; init; }

    public required int ConfigRevision { get; init; }

    /// <summary>Null: it has none.</summary>
    public required FunctionUrlView? Url { get; init; }

    public required FunctionStats Stats { get; init; }

    public required Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The newest 20.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<VersionView>? Versions { get; init; }

    public DeploymentView? ActiveDeployment { get; init; }

    public DeploymentView? LatestDeployment { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FunctionPool? Pool { get; init; }

    /// <summary>Of the newest version, when asked for; not of one larger than 1 MB.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FunctionFile>? Files { get; init; }

    public static FunctionView Of(UserFunction function, FunctionStats? stats = null) => new()
    {
        Id = function.Id,
        OrganizationId = function.OrganizationId,
        ProjectId = function.ProjectId,
        Name = function.Name,
        Description = function.Description,
        Runtime = function.Runtime,
        Entrypoint = function.Entrypoint,
        TimeoutSeconds = function.TimeoutSeconds,
        MemoryMb = function.MemoryMb,
        MaxConcurrency = function.MaxConcurrency,
        MinInstances = function.MinInstances,
        IdleTimeoutSeconds = function.IdleTimeoutSeconds,
        Environment = function.EnvironmentNames.ToDictionary(name => name, _ => Masked.Value),
        Network = function.Network,
        HealthCheck = HealthCheckView.Of(function.HealthCheck),
        Tags = function.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).ToDictionary(tag => tag.Key, tag => tag.Value),
        Enabled = function.Enabled,
        Status = function.Status,
        LatestVersion = function.LatestVersion,
        ActiveVersion = function.ActiveVersion,
        ConfigRevision = function.ConfigRevision,
        Url = FunctionUrlView.Of(function),
        Stats = stats ?? new FunctionStats(0, 0, null, function.LastInvokedAt),
        CreatedBy = function.CreatedBy,
        CreatedAt = function.CreatedAt,
        UpdatedAt = function.UpdatedAt,
    };
}

/// <summary>
/// The URL of a function: <paramref name="Path"/> on this platform, with whatever follows it. <paramref name="Key"/> is told when it is made and never again;
/// <paramref name="KeyPreview"/> are its first characters.
/// </summary>
public sealed record FunctionUrlView(UrlAccess Access, string Path, string? KeyPreview, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key)
{
    public static FunctionUrlView? Of(UserFunction function, string? key = null) =>
        function.UrlAccess is { } access ? new FunctionUrlView(access, $"/{FunctionUrlFunctions.Root}/{function.Id:D}", function.UrlKeyPreview, key) : null;
}

/// <summary>A version of a function; its code is not shown.</summary>
public sealed record VersionView(
    int Version, string Runtime, string Entrypoint, string CodeSha256, long SizeBytes, int FileCount, string? Message, DateTimeOffset CreatedAt, Guid? CreatedBy)
{
    public static VersionView Of(FunctionVersion version) => new(
        version.Number, version.Runtime, version.Entrypoint, version.CodeSha256, version.SizeBytes, version.FileCount, version.Message, version.CreatedAt, version.CreatedBy);
}

/// <summary>A deployment. What the package managers or the compiler printed is shown by its own operation only.</summary>
public sealed record DeploymentView
{
    public required Guid Id { get; init; }

    public required Guid FunctionId { get; init; }

    public required int Version { get; init; }

    public required int? PreviousVersion { get; init; }

    public required DeploymentStatus Status { get; init; }

    public required IReadOnlyList<DeploymentStep> Steps { get; init; }

    public required DeploymentError? Error { get; init; }

    public required DeploymentReason Reason { get; init; }

    public required DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset? FinishedAt { get; init; }

    public required long? DurationMs { get; init; }

    public required Guid? TriggeredBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PackageLog { get; init; }

    public static DeploymentView Of(FunctionDeployment deployment) => new()
    {
        Id = deployment.Id,
        FunctionId = deployment.FunctionId,
        Version = deployment.VersionNumber,
        PreviousVersion = deployment.PreviousVersion,
        Status = deployment.Status,
        Steps = deployment.Steps,
        Error = deployment.Error,
        Reason = deployment.Reason,
        StartedAt = deployment.StartedAt,
        FinishedAt = deployment.FinishedAt,
        DurationMs = deployment.DurationMs,
        TriggeredBy = deployment.TriggeredBy,
        CreatedAt = deployment.CreatedAt,
    };
}

/// <summary>Answer to new code.</summary>
public sealed record CodeView(int Version, string CodeSha256, long SizeBytes, bool Unchanged, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DeploymentView? Deployment)
{
    public static CodeView Of(CodeChanged changed) => new(
        changed.Version.Number, changed.Version.CodeSha256, changed.Version.SizeBytes, changed.Unchanged, changed.Deployment is { } deployment ? DeploymentView.Of(deployment) : null);
}

/// <summary>Answer to a deletion.</summary>
public sealed record FunctionDeletedView(Guid Id, bool Deleted);

/// <summary>A runtime of this installation.</summary>
public sealed record RuntimeView(string Name, string Language, string Version, bool Available, string DefaultEntrypoint, string StarterCode)
{
    public static RuntimeView Of(FunctionRuntime runtime) => new(runtime.Name, runtime.Language, runtime.ActualVersion, Available: true, runtime.Rules.Entrypoint, runtime.Rules.Starter);
}

/// <summary>An invocation as it was recorded; payload and result are not kept.</summary>
public sealed record InvocationRecordView(
    Guid InvocationId,
    Guid FunctionId,
    int Version,
    Guid? DeploymentId,
    InvocationTrigger Trigger,
    InvocationStatus Status,
    long DurationMs,
    long? InitDurationMs,
    long QueueMs,
    bool ColdStart,
    int MemoryUsedMb,
    long CpuMs,
    long RequestBytes,
    long ResponseBytes,
    InvocationError? Error,
    IReadOnlyList<FunctionLogLine> Logs,
    Guid? CallerId,
    Guid? WorkerId,
    DateTimeOffset StartedAt,
    DateTimeOffset FinishedAt,
    DateTimeOffset CreatedAt)
{
    public static InvocationRecordView Of(FunctionInvocation record) => new(
        record.Id, record.FunctionId, record.VersionNumber, record.DeploymentId, record.Trigger, record.Status, record.DurationMs, record.InitDurationMs, record.QueueMs, record.ColdStart,
        record.MemoryUsedMb, record.CpuMs, record.RequestBytes, record.ResponseBytes, record.Error, record.Logs, record.CallerId, record.WorkerId, record.StartedAt, record.FinishedAt, record.CreatedAt);
}
