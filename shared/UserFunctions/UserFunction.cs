using Platform.Data;

namespace Platform.UserFunctions;

public enum FunctionStatus
{
    /// <summary>Never deployed.</summary>
    Draft,

    /// <summary>Its first deployment runs.</summary>
    Deploying,
    Active,

    /// <summary>No version serves, and the last deployment failed.</summary>
    Failed,

    /// <summary>Switched off.</summary>
    Disabled,
}

public enum FunctionNetwork
{
    None,

    /// <summary>Public addresses, through the platform's guarded proxy.</summary>
    Egress,
}

/// <summary>A function of a project: code that the platform runs for whoever may invoke it. Names are unique in a project without regard to case.</summary>
public sealed class UserFunction : IProjectOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Name { get; set; }

    /// <summary>The name in lower case.</summary>
    public required string NameKey { get; set; }

    public string? Description { get; set; }

    /// <summary>Pinned: <c>node20</c>.</summary>
    public required string Runtime { get; set; }

    public required string Entrypoint { get; set; }

    /// <summary>1–180; of the handler alone.</summary>
    public required int TimeoutSeconds { get; set; }

    /// <summary>64–2048 mebibytes.</summary>
    public required int MemoryMb { get; set; }

    /// <summary>Invocations at once on one node, 1–50.</summary>
    public required int MaxConcurrency { get; set; }

    /// <summary>Workers of the active version that are kept started on each node, 0–5.</summary>
    public required int MinInstances { get; set; }

    /// <summary>10–3600; then a worker that does nothing ends.</summary>
    public required int IdleTimeoutSeconds { get; set; }

    /// <summary>The names of its own variables; their values are in <see cref="Environment"/>.</summary>
    public IReadOnlyList<string> EnvironmentNames { get; set; } = [];

    /// <summary>Sealed; null when there are none.</summary>
    public string? Environment { get; set; }

    public required FunctionNetwork Network { get; set; }

    public required FunctionHealthCheck HealthCheck { get; set; }

    public List<FunctionTag> Tags { get; init; } = [];

    public required bool Enabled { get; set; }

    public FunctionStatus Status { get; private set; }

    /// <summary>Number of its newest version.</summary>
    public int LatestVersion { get; set; }

    /// <summary>The version that serves; null while none does.</summary>
    public int? ActiveVersion { get; set; }

    /// <summary>What brought the active version into use.</summary>
    public Guid? ActiveDeploymentId { get; set; }

    public Guid? LatestDeploymentId { get; set; }

    /// <summary>Of the latest deployment.</summary>
    public DeploymentStatus? LatestDeploymentStatus { get; set; }

    /// <summary>Rises with every change that workers have to be started anew for.</summary>
    public int ConfigRevision { get; set; }

    /// <summary>The revision that the active deployment was made with.</summary>
    public int? DeployedRevision { get; set; }

    /// <summary>Who may call it by its URL; null: it has none.</summary>
    public UrlAccess? UrlAccess { get; set; }

    /// <summary>SHA-256 of the URL's key in lower-case hex.</summary>
    public string? UrlKeyHash { get; set; }

    /// <summary>The key's first characters.</summary>
    public string? UrlKeyPreview { get; set; }

    public DateTimeOffset? LastInvokedAt { get; set; }

    public Guid? CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public long Version { get; set; }

    /// <summary>Notes a change; the status follows from the rest.</summary>
    public void Touch(DateTimeOffset now)
    {
        (UpdatedAt, Version) = (now, Version + 1);
        Status = StatusNow();
    }

    public void Tag(IReadOnlyDictionary<string, string> tags)
    {
        Tags.RemoveAll(tag => !tags.ContainsKey(tag.Key));
        foreach (var (key, value) in tags)
        {
            if (Tags.Find(tag => tag.Key == key) is { } tag)
                tag.Value = value;
            else
                Tags.Add(new FunctionTag { FunctionId = Id, Key = key, Value = value });
        }
    }

    private FunctionStatus StatusNow()
    {
        if (!Enabled)
            return FunctionStatus.Disabled;
        if (ActiveVersion is not null)
            return FunctionStatus.Active;
        return LatestDeploymentStatus switch
        {
            null or DeploymentStatus.Cancelled => FunctionStatus.Draft,
            { } status when status.IsLive() => FunctionStatus.Deploying,
            _ => FunctionStatus.Failed,
        };
    }
}

/// <summary>How a new version is tried before it serves. Without <paramref name="Payload"/> (JSON) its code is only loaded.</summary>
public sealed record FunctionHealthCheck(bool Enabled, string? Payload, int TimeoutSeconds, string? ExpectField, string? ExpectValue)
{
    public static readonly FunctionHealthCheck Default = new(Enabled: true, null, 10, null, null);
}

/// <summary>A word that users give to a function, to find it by.</summary>
[PlatformScoped]
public sealed class FunctionTag
{
    public required Guid FunctionId { get; init; }

    public required string Key { get; init; }

    public required string Value { get; set; }
}
