using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.Hosting;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Management.Pages;

/// <summary>One instance: what it is, what an operator may do with it, and its history.</summary>
internal static class InstancePage
{
    public static Task WriteAsync(HttpContext http, OperatorVisit visit, StoredInstance instance, List<HistoryEntry> history) => PageLayout.WriteAsync(
        http,
        StatusCodes.Status200OK,
        $"Orchestration {instance.Header.InstanceId}",
        visit,
        new HtmlText().Add($"""
            <h1>{instance.Header.InstanceId}</h1>
            {Facts(instance)}
            {InstanceForms.Of(instance, visit.FormToken)}
            {Timeline.Of(instance, history)}
            """));

    private static HtmlText Facts(StoredInstance instance)
    {
        var header = instance.Header;
        var facts = new HtmlText().Add($"""
            <dl>
            <dt>Name</dt><dd>{header.Name}</dd>
            <dt>Status</dt><dd><span class="status {instance.Status.ToString()}">{instance.Status.ToString()}</span></dd>
            <dt>Created (UTC)</dt><dd>{PageFormats.Time(header.CreatedAt)}</dd>
            <dt>Last change (UTC)</dt><dd>{PageFormats.Time(instance.UpdatedAt)}</dd>
            <dt>Duration</dt><dd>{PageFormats.Duration(instance.UpdatedAt - header.CreatedAt)}</dd>

            """);
        if (header.Version is { } version)
            facts.Add($"<dt>Version</dt><dd>{version}</dd>\n");
        if (header.Parent is { } parent)
            facts.Add($"<dt>Parent</dt><dd><a href=\"{PageLayout.InstancePath(parent.InstanceId)}\">{parent.InstanceId}</a> ({parent.Name})</dd>\n");
        foreach (var (key, value) in header.Tags)
            facts.Add($"<dt>{key}</dt><dd>{value}</dd>\n");
        facts.Add($"</dl>\n");
        return facts.Add(Payload("Input", header.Input)).Add(Payload("Custom status", instance.CustomStatus)).Add(Payload("Output", instance.Output)).Add(FailureOf(instance.Failure));
    }

    public static HtmlText Payload(string title, string? json) =>
        json is null ? new HtmlText() : new HtmlText().Add($"<details><summary>{title}</summary><pre>{PageFormats.Payload(json)}</pre></details>\n");

    public static HtmlText FailureOf(Failure? failure)
    {
        var text = new HtmlText();
        var lead = "";
        for (var cause = failure; cause is not null; cause = cause.Inner)
        {
            text.Add($"<p class=\"failure\">{lead}{cause.Type}: {cause.Message}</p>\n");
            if (cause.StackTrace is { } trace)
                text.Add($"<details><summary>Stack</summary><pre>{trace}</pre></details>\n");
            lead = "caused by ";
        }

        return text;
    }
}
