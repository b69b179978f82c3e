using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Platform.Data;

/// <summary>
/// A query of <c>EF.CompileAsyncQuery</c>: EF keeps its translation instead of looking its expression up at every call, which is most of what a small read costs.
/// Compiled once per model, of which a process has one, and a test run one for each database.
/// </summary>
internal sealed class HotQuery<TQuery>(Func<TQuery> compile) where TQuery : Delegate
{
    private readonly ConditionalWeakTable<IModel, TQuery> _compiled = [];

    public TQuery For(PlatformDbContext db) => _compiled.GetValue(db.Model, _ => compile());
}
