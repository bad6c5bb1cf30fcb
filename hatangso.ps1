# Windows twin of the Makefile: .\hatangso.ps1 demo | test
param([ValidateSet("demo", "test")][string]$Command = "demo", [string]$Out = "demo")
$ErrorActionPreference = "Stop"
Set-Location $PSScriptRoot
$venv = ".venv"
$python = Join-Path $venv "Scripts\python.exe"

function Invoke-Checked([string]$Program, [string[]]$Arguments) {
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

if (-not (Test-Path (Join-Path $venv ".ready"))) {
    $launcher = if (Get-Command py -ErrorAction SilentlyContinue) { @("py", "-3") } else { @("python") }
    $rest = @($launcher | Select-Object -Skip 1)
    & $launcher[0] @rest -c "import sys; sys.exit(sys.version_info < (3, 11))"
    if ($LASTEXITCODE -ne 0) { Write-Host "Cần Python 3.11 trở lên. / Python 3.11 or newer is needed."; exit 1 }
    Invoke-Checked $launcher[0] ($rest + @("-m", "venv", $venv))
    Invoke-Checked $python @("-m", "pip", "install", "--quiet", "--require-hashes", "-r", "requirements.lock")
    Invoke-Checked $python @("-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", ".")
    New-Item -ItemType File (Join-Path $venv ".ready") | Out-Null
}
$env:PYTHONUTF8 = "1"
if ($Command -eq "demo") { Invoke-Checked $python @("-m", "api", "demo", "--out", $Out) }
else { Invoke-Checked $python @("-m", "pytest", "-n", "2", "--dist", "loadgroup", "-m", "not full") }
