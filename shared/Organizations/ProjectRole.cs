namespace Platform.Organizations;

/// <summary>Built-in roles on one project, the strongest first.</summary>
public enum ProjectRole
{
    ProjectAdmin,
    ProjectEditor,
    ProjectViewer,
}
