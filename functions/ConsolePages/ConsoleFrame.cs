using Platform.Functions.Pages;

namespace Platform.Functions.ConsolePages;

/// <summary>The frame around every page of the console: header, navigation, heading.</summary>
internal static class ConsoleFrame
{
    /// <param name="caller">Whose name stands in the header.</param>
    /// <param name="place">The project, on its pages.</param>
    /// <param name="tab">The part of it that is open.</param>
    /// <param name="body">The page.</param>
    public static Html Around(Caller caller, ConsolePlace? place, ConsoleTab? tab, ConsoleBody body)
    {
        var name = caller.ImpersonatorId is null ? caller.Username : $"{caller.Username} (impersonated)";
        var title = place is null ? body.Title : $"{body.Title} · {place.Project.Name}";
        return Html.Of($"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>{title}</title>
              <link rel="stylesheet" href="/console/files/page.css">
              <link rel="stylesheet" href="/console/files/console.css">
              <script src="/console/files/console.js" defer></script>
            </head>
            <body data-project="{place?.Project.Id.ToString()}">
              <a class="skip" href="#main">Skip to the content</a>
              <header>
                <a href="/console">Console</a>
                <span>{name} <button type="button" id="sign-out">Sign out</button></span>
              </header>
              {(place is null ? Html.None : Navigation(place, tab))}
              <main id="main">
                <h1>{body.Title}</h1>
                <p class="refusal" id="refusal" role="alert" hidden></p>
                {body.Main}
              </main>
            </body>
            </html>
            """);
    }

    private static Html Navigation(ConsolePlace place, ConsoleTab? open) => Html.Of($"""
        <nav class="tabs" aria-label="Project {place.Project.Name}"><strong>{place.Project.Name}</strong><ul>{Html.Join(Enum.GetValues<ConsoleTab>().Select(tab => Html.Of($"""
            <li><a href="{place.PathTo(tab)}"{(tab == open ? Html.Of($" aria-current=\"page\"") : Html.None)}>{tab.ToString()}</a></li>
            """)))}</ul></nav>
        """);
}
