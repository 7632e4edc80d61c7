using Bellhop.Diagnostics;

namespace Bellhop.Cli.Rendering;

/// <summary>What carries the events, in a line.</summary>
internal static class BusView
{
    /// <summary>Where it is, whether it is there, and what we are on it.</summary>
    public static string Line(BusStatus bus, Paint paint)
    {
        var keys = $"keys {Printable.Line(bus.Prefix)}:…";
        if (bus.Url is null)
            return $"redis protocol  {Printable.Line(bus.Resp ?? "not spoken")}, {keys}";
        var health = bus.Problem is { } problem ? paint.Bad(Printable.Sentence(problem)) : paint.Good("is there");
        var role = bus.Role switch
        {
            "central" => paint.Good("central"),
            "standby" => $"standing by, {Printable.Line(bus.Central ?? "somebody")} is central",
            _ => paint.Warn("not known who is central"),
        };
        var spooled = bus.Spooled > 0 ? $"; {bus.Spooled:N0} events wait on this disk" : "";
        return $"redis           {Printable.Line(bus.Url)}, {keys}: {health}, {role}{spooled}";
    }
}
