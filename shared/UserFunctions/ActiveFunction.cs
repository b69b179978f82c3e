namespace Platform.UserFunctions;

/// <summary>What an invocation has to know of a function; as fresh as <see cref="ActiveFunctions"/> says.</summary>
public sealed record ActiveFunction
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Name { get; init; }

    public required bool Enabled { get; init; }

    public required FunctionStatus Status { get; init; }

    /// <summary>Its organization may start nothing. Known of functions with a URL; whoever has an account is refused before.</summary>
    public bool Suspended { get; init; }

    /// <summary>Null: it has no URL.</summary>
    public required UrlAccess? UrlAccess { get; init; }

    public string? UrlKeyHash { get; init; }

    public required int ConfigRevision { get; init; }

    public required int TimeoutSeconds { get; init; }

    public required int MemoryMb { get; init; }

    public required int MaxConcurrency { get; init; }

    public required int MinInstances { get; init; }

    public required int IdleTimeoutSeconds { get; init; }

    public required FunctionNetwork Network { get; init; }

    /// <summary>Its own variables, sealed.</summary>
    public string? Environment { get; init; }

    public Guid? DeploymentId { get; init; }

    /// <summary>What serves; null while nothing does.</summary>
    public FunctionVersion? Version { get; init; }

    /// <summary>Changes with the project's variables.</summary>
    public required string VariablesStamp { get; init; }

    public bool Serves => Enabled && Version is not null;

    /// <summary>Workers of different keys never stand in for one another.</summary>
    internal WorkerKey Key => new(Id, Version!.Number, ConfigRevision, Version.PackageSha256 ?? Version.CodeSha256, VariablesStamp);
}

/// <summary>Whose invocations a worker takes.</summary>
internal readonly record struct WorkerKey(Guid FunctionId, int Version, int Revision, string Sha256, string VariablesStamp);
