using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;

namespace Platform.Tests.Fixtures;

internal static class DoubtfulQueries
{
    /// <summary>Makes a query fail whose rows depend on the database's mood: a page or a first row without an order.</summary>
    public static void RefuseDoubtfulQueries(this IServiceCollection services) => services.ConfigureDbContext<PlatformDbContext>(options => options.ConfigureWarnings(warnings => warnings.Throw(
        CoreEventId.RowLimitingOperationWithoutOrderByWarning, CoreEventId.FirstWithoutOrderByAndFilterWarning, CoreEventId.DistinctAfterOrderByWithoutRowLimitingOperatorWarning)));
}
