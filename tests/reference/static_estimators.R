# Wrote the numbers in static_estimators.json and gravity_small.csv
# (R 4.2.2, plm 2.6.2, sandwich 3.0.2; standard errors are roots of the diagonals).
library(plm)
library(sandwich)
data("Grunfeld", package = "plm")
pg <- pdata.frame(Grunfeld, index = c("firm", "year"))
for (effect in c("individual", "twoways")) {
  m <- plm(inv ~ value + capital, pg, model = "within", effect = effect)
  print(coef(m)); print(deviance(m)); print(df.residual(m))
  se <- function(v) print(sqrt(diag(v)), digits = 15)
  se(vcov(m))                                                         # se_ols
  se(vcovHC(m, method = "arellano", type = "HC0", cluster = "group"))  # arellano_HC0_group
  se(vcovHC(m, method = "arellano", type = "sss", cluster = "group"))  # arellano_sss_group
  se(vcovHC(m, method = "arellano", type = "HC0", cluster = "time"))   # arellano_HC0_time
  se(vcovHC(m, method = "white1", type = "HC0"))                       # white1_HC0
  se(vcovDC(m, type = "HC0"))                                          # DC_HC0
  for (lag in 1:2) se(vcovSCC(m, type = "HC0", maxlag = lag))          # SCC_HC0_maxlag*
  se(vcovSCC(m, type = "sss", maxlag = 2))                             # SCC_sss_maxlag2
}

set.seed(20240501)  # simulated bilateral flows: 12 x 11 pairs, six years
n <- 12; T <- 6
d <- expand.grid(exp = 1:n, imp = 1:n, year = 2001:(2000 + T)); d <- d[d$exp != d$imp, ]
d$et <- (d$exp - 1) * T + d$year - 2000
d$mt <- (d$imp - 1) * T + d$year - 2000
d$pair <- (d$exp - 1) * n + d$imp
fe <- rnorm(n * T, 0, .4); fm <- rnorm(n * T, 0, .4); fp <- rnorm(n * n, 0, .7)
d$x1 <- rnorm(nrow(d)) + .3 * fe[d$et]; d$x2 <- as.numeric(runif(nrow(d)) < .4)
mu <- exp(1.2 + .25 * d$x1 + .4 * d$x2 + fe[d$et] + fm[d$mt] + fp[d$pair])
d$y <- rnbinom(nrow(d), mu = mu, size = 3)
write.csv(d, "gravity_small.csv", row.names = FALSE)

# Poisson by weighted least squares on dummies of full rank, to 1e-14
X <- model.matrix(~ x1 + x2 + factor(et) + factor(mt), d)
q <- qr(X, tol = 1e-7); X <- X[, q$pivot[1:q$rank]]
y <- d$y; mu <- (y + mean(y)) / 2; eta <- log(mu)
for (it in 1:100) {
  z <- eta + (y - mu) / mu
  b <- solve(crossprod(X * sqrt(mu)), crossprod(X, mu * z))
  old <- eta; eta <- as.numeric(X %*% b); mu <- exp(eta)
  if (max(abs(eta - old)) < 1e-13) break
}
A <- solve(crossprod(X * sqrt(mu)))                 # iid
S <- rowsum(X * (y - mu), d$pair); G <- nrow(S)
V <- A %*% crossprod(S) %*% A                       # cluster_raw; times G/(G-1)
H <- A %*% crossprod(X * (y - mu)) %*% A            # HC0

# Least squares on dummies: twfe_grunfeld and ols_gravity_2fe
m <- lm(inv ~ value + capital + factor(firm) + factor(year), Grunfeld)
vcovHC(m, "HC1"); vcovHC(m, "HC3")
vcovCL(m, cluster = Grunfeld[, c("firm", "year")], type = "HC0", cadjust = FALSE)
m <- lm(log(y + 1) ~ x1 + x2 + factor(et) + factor(mt), d)
vcovCL(m, cluster = d$pair, type = "HC0", cadjust = FALSE); vcovHC(m, "HC1")
