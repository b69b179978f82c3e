using Platform.Data;

namespace Platform.Builds;

/// <summary>How a project's builds are done. A project without a row has the defaults.</summary>
public sealed class BuildConfig : IOrganizationOwned
{
    /// <summary>The project's.</summary>
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    public required BuildSettings Settings { get; set; }

    /// <summary>Sealed.</summary>
    public string? RepositoryToken { get; set; }

    /// <summary>Sealed; signs the requests of HTTP hooks.</summary>
    public string? HookSecret { get; set; }

    /// <summary>Sealed: header values by hook.</summary>
    public string? HookHeaders { get; set; }

    public long Version { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public Guid? UpdatedBy { get; set; }
}
