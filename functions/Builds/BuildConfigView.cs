using System.Diagnostics.CodeAnalysis;
using Platform.Builds;

namespace Platform.Functions.Builds;

/// <summary>A project's build configuration with its version.</summary>
public sealed record BuildConfigView : BuildSettingsView
{
    [SetsRequiredMembers]
    public BuildConfigView(Guid projectId, BuildConfig? config, DetectedCommands? detected, string? newSecret = null)
        : base(config?.Settings ?? new BuildSettings())
    {
        ProjectId = projectId;
        RepositoryToken = config?.RepositoryToken is null ? null : Masked.Value;
        HookSecret = newSecret;
        Version = config?.Version ?? 0;
        UpdatedAt = config?.UpdatedAt;
        UpdatedBy = config?.UpdatedBy;
        Defaults = new BuildSettingsView(new BuildSettings());
        Detected = detected;
    }

    public required Guid ProjectId { get; init; }

    /// <summary>Masked.</summary>
    public required string? RepositoryToken { get; init; }

    /// <summary>Signs the requests of HTTP hooks; shown once, when it is made.</summary>
    public required string? HookSecret { get; init; }

    /// <summary>0 until somebody changes something.</summary>
    public required long Version { get; init; }

    public required DateTimeOffset? UpdatedAt { get; init; }

    public required Guid? UpdatedBy { get; init; }

    /// <summary>What holds where nothing is set.</summary>
    public required BuildSettingsView Defaults { get; init; }

    /// <summary>The commands that the last build found out from its files.</summary>
    public required DetectedCommands? Detected { get; init; }
}
