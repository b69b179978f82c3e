using Platform.Data;

namespace Platform.Secrets;

/// <summary>
/// The key that seals one organization's secrets, wrapped by a master key. No reference to the organization's row: the first secret may be sealed in the unit of work
/// that creates the organization. Deleting the row makes every secret of the organization unreadable for good.
/// </summary>
public sealed class DataKey : IOrganizationOwned
{
    public Guid OrganizationId { get; init; }

    /// <summary>Named in each sealed text; 1 for the first.</summary>
    public int Version { get; init; }

    public required string MasterKeyId { get; set; }

    public required byte[] WrappedKey { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}
