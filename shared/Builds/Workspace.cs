namespace Platform.Builds;

/// <summary>Where a build's folder appears in its sandbox. Steps see nothing else of the host but the system.</summary>
internal sealed record Workspace(string HostFolder)
{
    public const string Folder = "/build";
    public const string SourceName = "source";
    public const string HomeName = "home";
    public const string Source = $"{Folder}/{SourceName}";
    public const string Home = $"{Folder}/{HomeName}";

    /// <summary>A virtual environment for Python that later steps use.</summary>
    public const string Venv = $"{Folder}/home/.venv";

    public string HostSource => Path.Combine(HostFolder, SourceName);

    /// <summary>The directory of the source that steps work in, as they see it.</summary>
    public static string RootOf(BuildSettings config) => config.RootDirectory == "." ? Source : $"{Source}/{config.RootDirectory}";
}
