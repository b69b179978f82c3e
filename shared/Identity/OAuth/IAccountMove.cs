namespace Platform.Identity.OAuth;

/// <summary>An account that is being absorbed by another one.</summary>
/// <param name="From">The absorbed user, and the organization that was his personal one.</param>
/// <param name="Into">The user who goes on, and his personal organization.</param>
public sealed record AbsorbedAccount(IdentityOwner From, IdentityOwner Into);

/// <summary>
/// What one area does with its rows of an absorbed user: they become the other's, whose own win, or are dropped. Each area with rows of users registers one;
/// a test holds that no entity with an owner is forgotten.
/// </summary>
public interface IAccountMove
{
    /// <summary>The entities that it takes care of.</summary>
    IReadOnlyCollection<Type> Entities { get; }

    /// <summary>Runs in the merge's transaction, in the name of the platform.</summary>
    Task MoveAsync(AbsorbedAccount account, CancellationToken ct);
}
