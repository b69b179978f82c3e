namespace Platform.Domains;

/// <summary>The functions that domains can lead to.</summary>
public interface IDomainTargets
{
    /// <summary>Whether the project has the function.</summary>
    Task<bool> ExistsAsync(Guid projectId, Guid functionId, CancellationToken ct);
}
