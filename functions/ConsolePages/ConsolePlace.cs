using Platform.Functions.Pages;
using Platform.Organizations;

namespace Platform.Functions.ConsolePages;

/// <summary>Parts of a project that have pages, in the order of the navigation.</summary>
internal enum ConsoleTab
{
    Overview,
    Builds,
    Functions,
    Databases,
    Alerts,
    Metrics,
    Webhooks,
}

/// <summary>The project that is looked at, and the caller on it.</summary>
internal sealed record ConsolePlace(ProjectDetails Project, Caller Caller)
{
    public string Path => PathOf(Project.Id);

    public bool Can(string permission) => Caller.CanIn(Project.Id, permission);

    public string PathTo(ConsoleTab tab) => tab == ConsoleTab.Overview ? Path : $"{Path}/{tab.ToString().ToLowerInvariant()}";

    public static string PathOf(Guid projectId) => $"{ConsoleDoor.Area.Root}/projects/{projectId}";
}

/// <summary>What stands in the main part of a page, below its heading.</summary>
internal sealed record ConsoleBody(string Title, Html Main);
