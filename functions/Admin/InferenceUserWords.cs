using Platform.Data;
using Platform.Organizations;

namespace Platform.Functions.Admin;

/// <summary>Words of the inference family about users.</summary>
internal static class InferenceUserWords
{
    /// <summary>Lower-cased when it is taken over.</summary>
    public const string Username = @"^[A-Za-z0-9][A-Za-z0-9._@+-]*$";

    /// <summary>Absent is null; the older words <c>user</c> and <c>manager</c> mean a member.</summary>
    public static bool TryParseMemberRole(string? word, out OrganizationRole? role)
    {
        role = null;
        if (string.IsNullOrEmpty(word))
            return true;
        if (!EnumWords<OrganizationRole>.TryParse(word is "user" or "manager" ? "member" : word, out var known))
            return false;
        role = known;
        return true;
    }

    /// <summary>Absent is null.</summary>
    public static bool TryParseRole(string? word, out PlatformRole? role)
    {
        role = null;
        if (word is null)
            return true;
        if (!EnumWords<PlatformRole>.TryParse(word, out var known))
            return false;
        role = known;
        return true;
    }
}
