using Platform.Data;
using Platform.Identity;

namespace Platform.Audit;

/// <summary>Records in the platform's chain that an operator looked at somebody else's object (<c>operator.access</c>, with the owner). Everybody else costs nothing.</summary>
public sealed class OperatorAccess(PlatformDbContext db, Caller caller, AuditTrail audit)
{
    /// <param name="ownerOf">Finds the owner; called for operators only.</param>
    public async Task NoteAsync(string resourceType, Guid resourceId, Func<Task<Guid?>> ownerOf, CancellationToken ct)
    {
        if (!caller.IsOperator || await ownerOf() is not { } owner || owner == caller.UserId)
            return;

        audit.Write("operator.access", resourceType, resourceId, ofPlatform: true).Note("owner_id", owner);
        await db.SaveChangesAsync(ct);
    }
}
