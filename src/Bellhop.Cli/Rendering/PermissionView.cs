using Bellhop.Diagnostics.Views;

namespace Bellhop.Cli.Rendering;

/// <summary>A request for leave with all that the agent tells of it, not only its title: who says yes should have read it.</summary>
internal sealed class PermissionView(Paint paint, DateTimeOffset now, int? width = null)
{
    private const int Values = 10;

    /// <summary>Writes it.</summary>
    public void Write(TextWriter writer, PermissionDto request)
    {
        Line(
            $"{paint.Strong(Printable.Line(request.Id))}  {Printable.Line(request.Session)}, asked {RelativeTime.Ago(request.AskedAt, now)}, "
                + $"denied {RelativeTime.Until(request.ExpiresAt, now)} unless somebody answers"
        );
        Line($"  turn    {Printable.Line(request.Turn)}");
        Line($"  tool    {Printable.Line(request.Kind ?? "-")}");
        Line($"  what    {Printable.Line(request.Title)}");
        if (request.Input is { } input)
            Line($"  input   {Printable.Line(input)}");
        foreach (var option in request.Options)
            Line(
                $"  option  {Printable.Line(option.Id)}  {paint.Faint($"{option.Kind}: {Printable.Line(option.Name)}")}"
            );

        void Line(string text) => Paragraph.Write(writer, text, Values, width);
    }
}
