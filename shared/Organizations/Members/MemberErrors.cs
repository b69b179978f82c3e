namespace Platform.Organizations;

public static class MemberErrors
{
    public static readonly Error NotFound = Error.NotFound("member.not_found", "Member not found");
    public static readonly Error OwnRole = Error.Forbidden("member.own_role", "You cannot change your own role");
    public static readonly Error LastOwner = Error.Conflict("member.last_owner", "An organization keeps at least one owner");

    /// <summary>The actor's rank does not reach to the member's role or to the one that is to be given.</summary>
    public static readonly Error Rank = Error.Forbidden("member.privilege_escalation", "Your role does not allow this change");

}
