namespace Platform.Quotas;

/// <summary>Whose use of a day is added up and limited. An execution counts for its user, its project and its organization.</summary>
public enum SubjectKind
{
    /// <summary>The user, in whatever organization he works.</summary>
    User,
    Project,
    Organization,
}
