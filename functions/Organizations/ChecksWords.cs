using System.Collections.Frozen;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>The statuses and texts of the checks family for refusals that it words differently.</summary>
internal static class ChecksWords
{
    private const string Over = "Invitation has already been used or cancelled";

    private static readonly FrozenDictionary<string, Error> Words = new Dictionary<Error, Error>
    {
        [OrganizationErrors.LimitReached] = OrganizationErrors.LimitReached with { Kind = ErrorKind.Forbidden },
        [InvitationErrors.AlreadyMember] = InvitationErrors.AlreadyMember with { Kind = ErrorKind.Invalid },
        [InvitationErrors.AlreadyInvited] = InvitationErrors.AlreadyInvited with { Kind = ErrorKind.Invalid },
        [InvitationErrors.Used] = InvitationErrors.Used with { Message = Over },
        [InvitationErrors.Revoked] = InvitationErrors.Revoked with { Message = Over },
        [InvitationErrors.WrongAccount] = InvitationErrors.WrongAccount with { Kind = ErrorKind.Invalid },
    }.ToFrozenDictionary(pair => pair.Key.Code, pair => pair.Value, StringComparer.Ordinal);

    public static Error Of(Error error) => Words.GetValueOrDefault(error.Code, error);
}
