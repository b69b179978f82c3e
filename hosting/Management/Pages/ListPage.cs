using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Client;
using EmbeddedFunctions.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace EmbeddedFunctions.Management.Pages;

/// <summary>The list of instances, newest first, with its filters.</summary>
internal static class ListPage
{
    private const int PageSize = 50;

    private static readonly OrchestrationRuntimeStatus[] Statuses =
    [
        OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended,
        OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated,
    ];

    public static InstanceQuery QueryOf(HttpContext http) => new(PageSize)
    {
        CreatedFrom = ManagementRequest.Time(http, "createdTimeFrom")?.UtcDateTime,
        CreatedTo = ManagementRequest.Time(http, "createdTimeTo")?.UtcDateTime,
        Statuses = ManagementRequest.Statuses(http),
        IdPrefix = ManagementRequest.Text(http, "instanceIdPrefix"),
        Name = ManagementRequest.Text(http, "name"),
        After = PageToken.Read(ManagementRequest.Text(http, "after")),
    };

    public static Task WriteAsync(HttpContext http, OperatorVisit visit, InstanceQuery query, List<StoredInstance> rows) => PageLayout.WriteAsync(
        http,
        StatusCodes.Status200OK,
        "Orchestrations",
        visit,
        new HtmlText().Add($"""
            <h1>Orchestrations</h1>
            {Filters(http, query)}
            {Table(rows)}
            {Paging(http, query, rows)}
            """));

    private static HtmlText Filters(HttpContext http, InstanceQuery query)
    {
        var boxes = new HtmlText();
        foreach (var status in Statuses)
            boxes.Add($"<label><input type=\"checkbox\" name=\"runtimeStatus\" value=\"{status.ToString()}\"{(query.Statuses.Contains(status) ? Checked : null)}> {status.ToString()}</label>\n");
        return new HtmlText().Add($"""
            <form method="get" action="{PageLayout.Root}" class="filters">
            <fieldset><legend>Status</legend>{boxes}</fieldset>
            <label>Name <input name="name" value="{query.Name}"></label>
            <label>Id begins with <input name="instanceIdPrefix" value="{query.IdPrefix}"></label>
            <label>Created from (UTC) <input type="datetime-local" step="1" name="createdTimeFrom" value="{ManagementRequest.Text(http, "createdTimeFrom")}"></label>
            <label>to <input type="datetime-local" step="1" name="createdTimeTo" value="{ManagementRequest.Text(http, "createdTimeTo")}"></label>
            <button>Filter</button> <a href="{PageLayout.Root}">Clear</a>
            </form>
            """);
    }

    private static HtmlText Checked => new HtmlText().Add($" checked");

    private static HtmlText Table(List<StoredInstance> rows)
    {
        if (rows.Count == 0)
            return new HtmlText().Add($"<p class=\"empty\">No orchestrations.</p>");

        var lines = new HtmlText();
        foreach (var row in rows)
        {
            lines.Add($"""
                <tr><td><a href="{PageLayout.InstancePath(row.Header.InstanceId)}">{row.Header.InstanceId}</a></td><td>{row.Header.Name}</td>
                <td><span class="status {row.Status.ToString()}">{row.Status.ToString()}</span></td>
                <td>{PageFormats.Time(row.Header.CreatedAt)}</td><td>{PageFormats.Time(row.UpdatedAt)}</td></tr>

                """);
        }

        return new HtmlText().Add($"""
            <table class="instances">
            <thead><tr><th>Id</th><th>Name</th><th>Status</th><th>Created (UTC)</th><th>Last change (UTC)</th></tr></thead>
            <tbody>
            {lines}</tbody>
            </table>
            """);
    }

    private static HtmlText? Paging(HttpContext http, InstanceQuery query, List<StoredInstance> rows)
    {
        var links = new HtmlText();
        if (query.After is not null)
            links.Add($"<a rel=\"first\" href=\"{Link(http, null)}\">Newest</a> ");
        if (PageToken.Next(rows, query.Limit) is { } next)
            links.Add($"<a rel=\"next\" href=\"{Link(http, next)}\">Older</a>");
        return new HtmlText().Add($"<nav>{links}</nav>");
    }

    private static string Link(HttpContext http, string? after)
    {
        var parameters = http.Request.Query.Where(p => p.Key != "after").SelectMany(p => p.Value, (p, value) => KeyValuePair.Create(p.Key, value)).ToList();
        if (after is not null)
            parameters.Add(KeyValuePair.Create("after", (string?)after));
        return QueryHelpers.AddQueryString(PageLayout.Root, parameters);
    }
}
