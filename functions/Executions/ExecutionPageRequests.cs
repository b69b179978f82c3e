using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Platform.Data;
using Platform.Executions;

namespace Platform.Functions.Executions;

/// <summary>The filters of the history, as a form sends them: empty means none.</summary>
public sealed record ExecutionPageQuery
{
    public const int PageSize = 25;

    private const int MaxPage = 1_000_000;

    /// <summary>Executions in this state only.</summary>
    [StringLength(40)]
    public string? Status { get; init; }

    /// <summary>Executions of this language only.</summary>
    [StringLength(32)]
    public string? Lang { get; init; }

    /// <summary>Created at this time or later (UTC).</summary>
    [StringLength(40)]
    public string? From { get; init; }

    /// <summary>Created at this time or earlier (UTC).</summary>
    [StringLength(40)]
    public string? To { get; init; }

    /// <summary>Number of the page, from 1.</summary>
    [StringLength(10)]
    public string? Page { get; init; }

    /// <summary>Counts from 1.</summary>
    internal int Number => int.TryParse(Page, NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 1, MaxPage) : 1;

    /// <summary>The address of a page with the same filters; without a number the first one.</summary>
    internal string AddressOf(string path, int? number)
    {
        (string Name, string? Value)[] filters = [("status", Status), ("lang", Lang), ("from", From), ("to", To), ("page", number?.ToString(CultureInfo.InvariantCulture))];
        return path + QueryString.Create(filters.Where(filter => filter.Value is { Length: > 0 }).Select(filter => KeyValuePair.Create(filter.Name, filter.Value)));
    }

    /// <summary>What cannot be read is left out.</summary>
    internal ExecutionFilter ToFilter() => new()
    {
        Status = EnumWords<ExecutionStatus>.TryParse(Status, out var status) ? status : null,
        Lang = Lang is { Length: > 0 } ? Lang : null,
        StartTime = WireTime.TryParse(From, out var from) ? from : null,
        EndTime = WireTime.TryParse(To, out var to) ? to : null,
        Limit = PageSize,
        Skip = (Number - 1) * PageSize,
    };
}
